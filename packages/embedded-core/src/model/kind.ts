import { isJsonObject, WorkerError, type JsonObject, type JsonValue, type RuntimeKind } from '@resoto/worker-core';
import { isJsonArray, textOf } from '../json.ts';
import { parseType, type Type } from './type.ts';

/** A scalar: one of the predefined kinds, or an enumeration or restricted value on top of one. */
export interface SimpleKind {
  readonly is: 'simple';
  readonly fqn: string;
  readonly runtime: RuntimeKind | 'any' | 'age';
  readonly values: readonly JsonValue[] | undefined;
  /** Matches the whole value. */
  readonly pattern: RegExp | undefined;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly minimum: number | undefined;
  readonly maximum: number | undefined;
  readonly json: JsonObject;
}

export interface Property {
  readonly name: string;
  readonly type: Type;
  readonly required: boolean;
  /** Path of the property this one is computed from. Such a property is never stored. */
  readonly synthetic: readonly string[] | undefined;
}

export interface ComplexKind {
  readonly is: 'complex';
  readonly fqn: string;
  readonly bases: readonly string[];
  /** The own properties; those of the bases come on top. */
  readonly properties: readonly Property[];
  readonly successors: readonly string[];
  readonly allowUnknown: boolean;
  readonly aggregateRoot: boolean;
  readonly json: JsonObject;
}

export type Kind = SimpleKind | ComplexKind;

const RUNTIME_KINDS: readonly string[] = [
  'string',
  'int32',
  'int64',
  'float',
  'double',
  'boolean',
  'date',
  'datetime',
  'duration',
] satisfies readonly RuntimeKind[];

/** Reads the JSON of one kind (protocol 7.3). Throws `invalid_model` and names the kind and the member. */
export function parseKind(json: JsonValue): Kind {
  if (!isJsonObject(json)) throw invalidModel('A kind is not an object', {});
  const fqn = json['fqn'];
  if (typeof fqn !== 'string' || !/^[A-Za-z][A-Za-z0-9_.]*$/.test(fqn)) {
    throw invalidModel(`A kind needs a name of letters, digits, _ and . in "fqn", not ${JSON.stringify(fqn)}`, {});
  }
  return json['runtime_kind'] === undefined ? complexKind(fqn, json) : simpleKind(fqn, json);
}

export function invalidModel(message: string, facts: Readonly<Record<string, unknown>>): WorkerError {
  return new WorkerError('invalid_model', message, { facts });
}

function simpleKind(fqn: string, json: JsonObject): SimpleKind {
  const runtime = json['runtime_kind'];
  if (!isRuntimeKind(runtime)) throw invalidModel(`Kind ${fqn} has an unknown runtime_kind`, { kind: fqn });
  const values = json['enum'] ?? undefined;
  if (values !== undefined && !isJsonArray(values)) throw invalidModel(`Kind ${fqn}: enum is no array`, { kind: fqn });
  return {
    is: 'simple',
    fqn,
    runtime,
    values,
    pattern: pattern(fqn, json['pattern']),
    minLength: number(fqn, json, 'min_length'),
    maxLength: number(fqn, json, 'max_length'),
    minimum: number(fqn, json, 'minimum'),
    maximum: number(fqn, json, 'maximum'),
    json,
  };
}

function complexKind(fqn: string, json: JsonObject): ComplexKind {
  if (json['properties'] === undefined && json['bases'] === undefined) {
    throw invalidModel(`Kind ${fqn} has neither properties nor bases`, { kind: fqn });
  }
  const properties = list(fqn, json, 'properties').map((property) => parseProperty(fqn, property));
  const twice = properties.find((property, index) => properties.findIndex((p) => p.name === property.name) < index);
  if (twice !== undefined) throw invalidModel(`Kind ${fqn} declares ${twice.name} twice`, { kind: fqn });
  return {
    is: 'complex',
    fqn,
    bases: names(fqn, json, 'bases'),
    properties,
    successors: successors(fqn, json['successor_kinds'] ?? {}),
    allowUnknown: json['allow_unknown_props'] === true,
    aggregateRoot: json['aggregate_root'] !== false,
    json,
  };
}

function parseProperty(fqn: string, json: JsonValue): Property {
  const name = isJsonObject(json) ? json['name'] : undefined;
  const kind = isJsonObject(json) ? json['kind'] : undefined;
  if (!isJsonObject(json) || typeof name !== 'string' || typeof kind !== 'string') {
    throw invalidModel(`Kind ${fqn} has a property without name or kind`, { kind: fqn });
  }
  const type = parseType(kind);
  if (type === undefined) {
    throw invalidModel(`Kind ${fqn}: property ${name} has the unreadable kind ${kind}`, { kind: fqn, property: name });
  }
  const synthetic = json['synthetic'] ?? undefined;
  return {
    name,
    type,
    required: json['required'] === true && synthetic === undefined,
    synthetic: isJsonObject(synthetic) ? names(fqn, synthetic, 'path') : undefined,
  };
}

function successors(fqn: string, json: JsonValue): readonly string[] {
  if (!isJsonObject(json)) throw invalidModel(`Kind ${fqn}: successor_kinds is no object`, { kind: fqn });
  return Object.keys(json).flatMap((edgeType) => names(fqn, json, edgeType));
}

function names(fqn: string, json: JsonObject, member: string): readonly string[] {
  return list(fqn, json, member).map((name) => {
    if (typeof name !== 'string')
      throw invalidModel(`Kind ${fqn}: ${member} holds something else than names`, { kind: fqn });
    return name;
  });
}

function list(fqn: string, json: JsonObject, member: string): readonly JsonValue[] {
  const value = json[member] ?? [];
  if (!isJsonArray(value)) throw invalidModel(`Kind ${fqn}: ${member} is no array`, { kind: fqn });
  return value;
}

function number(fqn: string, json: JsonObject, member: string): number | undefined {
  const value = json[member] ?? undefined;
  if (value === undefined || typeof value === 'number') return value;
  throw invalidModel(`Kind ${fqn}: ${member} is no number`, { kind: fqn });
}

function pattern(fqn: string, text: JsonValue | undefined): RegExp | undefined {
  if (text === undefined || text === null) return undefined;
  try {
    return new RegExp(`^(?:${textOf(text)})$`, 'su');
  } catch (error) {
    throw new WorkerError('invalid_model', `Kind ${fqn}: pattern ${textOf(text)} is no regular expression`, {
      facts: { kind: fqn },
      cause: error,
    });
  }
}

function isRuntimeKind(value: JsonValue | undefined): value is RuntimeKind {
  return typeof value === 'string' && RUNTIME_KINDS.includes(value);
}
