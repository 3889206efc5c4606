export { ConfigError, errorCode, errorHint, errorText, WorkerError } from './errors.ts';
export type { Logger } from './plugin/contract.ts';
export { formatDuration, parseDuration } from './protocol/duration.ts';
export { generationNames, type Generation, type GenerationNames } from './protocol/generation.ts';
export type {
  DeferredEdgeLine,
  EdgeLine,
  EdgeRow,
  EdgeType,
  GraphRow,
  ImportResult,
  NodeLine,
  NodePatch,
  NodeRow,
  Selector,
} from './protocol/graph-line.ts';
export { isJsonObject, parseJson, stringifyJson, type JsonObject, type JsonValue } from './protocol/json.ts';
export { predefinedKinds, type KindJson, type RuntimeKind } from './protocol/model-json.ts';
export { parseLines, splitLines } from './protocol/ndjson.ts';
export { dateText, formatTimestamp, parseTimestamp, timestampText } from './protocol/timestamp.ts';
export { bearerToken, createToken, verifyToken } from './protocol/token.ts';
