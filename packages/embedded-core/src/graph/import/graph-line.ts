import {
  isJsonObject,
  parseJson,
  WorkerError,
  type EdgeType,
  type JsonObject,
  type JsonValue,
  type Selector,
} from '@resoto/worker-core';

export interface ImportedNode {
  readonly is: 'node';
  readonly id: string;
  readonly reported: JsonObject;
  readonly desired: JsonObject | undefined;
  readonly metadata: JsonObject | undefined;
  readonly usage: JsonObject | undefined;
  readonly ancestors: JsonObject | undefined;
  readonly replace: boolean;
}

export interface ImportedEdge {
  readonly is: 'edge';
  readonly from: string;
  readonly to: string;
  readonly type: EdgeType;
  readonly reported: JsonObject | undefined;
}

export interface ImportedDeferredEdge {
  readonly is: 'deferred';
  readonly from: Selector;
  readonly to: Selector;
  readonly type: EdgeType;
  readonly reported: JsonObject | undefined;
}

export type ImportedLine = ImportedNode | ImportedEdge | ImportedDeferredEdge;

/** Reads one line of a graph body (protocol 7.5). Throws `import_aborted` for anything that is none. */
export function readLine(line: string | JsonValue, number: number, edgeTypes: readonly string[]): ImportedLine {
  const json = typeof line === 'string' ? parseLine(line, number) : line;
  if (!isJsonObject(json)) throw aborted(number, 'it is not an object');
  if ('from_selector' in json && 'to_selector' in json) {
    return {
      is: 'deferred',
      from: selector(json, 'from_selector', number),
      to: selector(json, 'to_selector', number),
      type: edgeType(json, number, edgeTypes),
      reported: object(json, 'reported', number),
    };
  }
  if ('from' in json && 'to' in json) {
    return {
      is: 'edge',
      from: text(json, 'from', number),
      to: text(json, 'to', number),
      type: edgeType(json, number, edgeTypes),
      reported: object(json, 'reported', number),
    };
  }
  if ('id' in json && 'reported' in json) return readNode(json, number);
  throw aborted(number, `it is neither node nor edge; its members are ${Object.keys(json).join(', ') || 'none'}`);
}

export function aborted(
  line: number | undefined,
  reason: string,
  facts: JsonObject = {},
  cause?: unknown,
): WorkerError {
  const place = line === undefined ? '' : ` in line ${line}`;
  return new WorkerError('import_aborted', `Import aborted${place}: ${reason}`, {
    hint: 'Nothing of this body was imported. Correct it and send it again.',
    facts: line === undefined ? facts : { line, ...facts },
    cause,
  });
}

function readNode(json: JsonObject, number: number): ImportedNode {
  const reported = object(json, 'reported', number);
  if (reported === undefined) throw aborted(number, 'reported is null');
  const metadata = object(json, 'metadata', number);
  if (json['usage'] === null) throw aborted(number, 'usage is null; leave it out instead');
  return {
    is: 'node',
    id: text(json, 'id', number),
    reported,
    desired: object(json, 'desired', number),
    metadata,
    usage: object(json, 'usage', number),
    ancestors: object(json, 'ancestors', number),
    replace: json['replace'] === true || metadata?.['replace'] === true,
  };
}

function parseLine(line: string, number: number): JsonValue {
  try {
    return parseJson(line);
  } catch (error) {
    throw aborted(number, 'it is no JSON', {}, error);
  }
}

function selector(json: JsonObject, member: string, number: number): Selector {
  const value = json[member];
  const id = isJsonObject(value) ? value['node_id'] : undefined;
  const criteria = isJsonObject(value) ? value['search_criteria'] : undefined;
  if (typeof id === 'string') return { node_id: id };
  if (typeof criteria === 'string') return { search_criteria: criteria };
  throw aborted(number, `${member} has neither node_id nor search_criteria`);
}

function edgeType(json: JsonObject, number: number, edgeTypes: readonly string[]): EdgeType {
  const type = json['edge_type'] === undefined ? 'default' : json['edge_type'];
  if (typeof type === 'string' && edgeTypes.includes(type) && isEdgeType(type)) return type;
  throw aborted(number, `the edge type ${JSON.stringify(type)} is none of ${edgeTypes.join(', ')}`);
}

function isEdgeType(type: string): type is EdgeType {
  return type === 'default' || type === 'delete' || type === 'iam';
}

function text(json: JsonObject, member: string, number: number): string {
  const value = json[member];
  if (typeof value === 'string') return value;
  throw aborted(number, `${member} is no text`);
}

function object(json: JsonObject, member: string, number: number): JsonObject | undefined {
  const value = json[member] ?? undefined;
  if (value === undefined || isJsonObject(value)) return value;
  throw aborted(number, `${member} is no object`);
}
