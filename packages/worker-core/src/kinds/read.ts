import type { JsonValue } from '../protocol/json.ts';
import type { Kind, Property, Reader, Reported } from './types.ts';

/**
 * Property values of a node or nested value, read from a vendor's answer by the sources of its kind. What the answer does not
 * have gets the property's initial value; properties without either are left out. Never throws for odd answers: what has
 * another type than declared is for the check to report.
 */
export function read(kind: Kind, answer: unknown): Reported {
  let fields = compiled.get(kind);
  if (fields === undefined) compiled.set(kind, (fields = compile(kind)));
  const reported: Reported = {};
  for (const field of fields) {
    const value = field.read?.(answer);
    if (value !== undefined && value !== null) reported[field.name] = value;
    else if (field.initial !== undefined) reported[field.name] = field.initial(reported);
  }
  return reported;
}

interface Field {
  readonly name: string;
  readonly read: Reader | undefined;
  readonly initial: ((reported: Reported) => unknown) | undefined;
}

const compiled = new WeakMap<Kind, readonly Field[]>();

function compile(kind: Kind): Field[] {
  return Object.entries(kind.properties)
    .filter(([, property]) => property.synthetic === undefined)
    .map(([name, property]) => ({ name, read: property.read, initial: initialValue(property) }))
    .filter((field) => field.read !== undefined || field.initial !== undefined);
}

// The collector may change what it read, so every node gets lists and objects of its own.
function initialValue({ initial, initialFrom }: Property): Field['initial'] {
  if (initial !== undefined && initial !== null) return () => copyOf(initial);
  return initialFrom === undefined ? undefined : (reported) => reported[initialFrom];
}

// Mostly empty lists: ten times as fast as structuredClone.
function copyOf(initial: JsonValue): unknown {
  if (isJsonArray(initial)) return initial.map(copyOf);
  if (typeof initial !== 'object' || initial === null) return initial;
  return Object.fromEntries(Object.entries(initial).map(([name, member]) => [name, copyOf(member)]));
}

function isJsonArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
