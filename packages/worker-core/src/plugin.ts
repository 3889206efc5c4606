/**
 * Worker core for plugin authors.
 *
 * @example
 * // index.ts, loaded by every worker
 * export const plugin: Plugin = {
 *   name: 'acme',
 *   collectors: [
 *     { cloud: 'acme', setup: 'Set acme.token to collect Acme.', load: async () => (await import('./collector.ts')).collector },
 *   ],
 * };
 *
 * // kinds.ts
 * export const box = kind('acme_box', [base.instance], {
 *   name: 'Acme Box',
 *   pythonType: 'resoto_plugin_acme.AcmeBox',
 *   properties: { id: string('BoxId'), name: string('Label'), ctime: datetime('CreatedAt') },
 *   permissions: { collect: ['boxes:list'] },
 * });
 *
 * // collector.ts
 * for (const answer of boxes) context.sink.add(box, { reported: read(box, answer), parent, answer });
 */
export {
  contractVersion,
  purposeVerbs,
  type AccountJob,
  type CallResult,
  type CollectContext,
  type Collector,
  type CollectorPlugin,
  type Finding,
  type Logger,
  type Plugin,
  type PluginContext,
  type Purpose,
  type Scope,
  type StoredResource,
  type TagChanges,
  type TagSupport,
} from './plugin/contract.ts';
export type {
  ActionContext,
  ActionGraph,
  ActionPlugin,
  ActionRun,
  BootstrapContext,
} from './plugin/action-contract.ts';
export type {
  AccountCleanup,
  CleanupResource,
  CleanupSupport,
  DeleteResult,
  ExistsResult,
  FailedCall,
  KindCleanup,
  Neighbour,
  PreDeleteStep,
  PrepareResult,
  RefusedCall,
  TakenKind,
} from './plugin/cleanup-contract.ts';
export type {
  Command,
  CommandContext,
  CommandDeclaration,
  RawCommand,
  ResourceCommand,
} from './plugin/command-contract.ts';
export type { Service, ServiceContext, ServiceCore, ServicePlugin } from './plugin/service-contract.ts';
export { pause, pauseAfter, type BackOff } from './core-client/back-off.ts';
export type { GraphSink, NodeInput, NodeRef, Owners } from './graph/graph-sink.ts';
export { declareSection, sectionValues, type SectionDeclaration, type SectionValues } from './config/section.ts';
export {
  any,
  boolean,
  date,
  datetime,
  dictionary,
  double,
  duration,
  enumeration,
  float,
  int32,
  int64,
  kind,
  list,
  object,
  oneOf,
  ref,
  string,
  value,
  type ElementType,
  type KindDeclaration,
  type PropertyOptions,
  type ReferenceOptions,
} from './kinds/declare.ts';
export {
  asBool,
  asDateTime,
  asFloat,
  asInt,
  chain,
  constant,
  each,
  emptyToNull,
  firstOf,
  item,
  mapped,
  member,
  parseJson,
  path,
  reader,
  sortBy,
  sortJson,
  stripNulls,
  tagsToObject,
  tagValue,
  type Source,
} from './kinds/readers.ts';
export { base } from './kinds/base-kinds.ts';
export { kindDocs } from './kinds/docs.ts';
export { read } from './kinds/read.ts';
export type {
  EnumKind,
  Kind,
  NodeKind,
  Permissions,
  Property,
  PropertyType,
  Reader,
  Reference,
  Reported,
  SimpleType,
  ValueKind,
} from './kinds/types.ts';
export {
  ConfigError,
  DisabledError,
  errorCode,
  errorText,
  LoginError,
  PermissionError,
  ProviderError,
  ThrottledError,
  TimedOutError,
  WorkerError,
} from './errors.ts';
export { formatDuration, parseDuration } from './protocol/duration.ts';
export type { Generation } from './protocol/generation.ts';
export type { EdgeRow, EdgeType, GraphRow, NodeRow, Selector } from './protocol/graph-line.ts';
export { isJsonObject, parseJson as parseExactJson, type JsonObject, type JsonValue } from './protocol/json.ts';
export type { CoreEvent } from './protocol/messages.ts';
export { quoted, quotedList } from './protocol/query-text.ts';
export { parseTimestamp } from './protocol/timestamp.ts';
