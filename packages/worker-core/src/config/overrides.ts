import type { Generation } from '../protocol/generation.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';
import { parseText, type Problem } from './field-parser.ts';
import type { FieldDeclaration, SectionDeclaration } from './section.ts';

export interface Override {
  /** The entry as it was given, up to the value. */
  readonly name: string;
  readonly path: readonly string[];
  readonly text: string;
}

/** Splits `section.key[.key…]=value` at the first `=`. Undefined when there is no `=` or no key behind the section. */
export function parseOverride(entry: string): Override | undefined {
  const end = entry.indexOf('=');
  const name = entry.slice(0, Math.max(end, 0));
  const path = name.split('.');
  if (path.length < 2 || path.includes('')) return undefined;
  return { name, path, text: entry.slice(end + 1) };
}

/** What remains of two spaces in a row, or of a variable with nothing in it: it asks for nothing. */
export function isEmptyOverride(entry: string): boolean {
  return entry.trim() === '';
}

/** Keys may be given with the names of the other generation. Only one of the two words is found in no other key. */
export function renameOverride(generation: Generation, entry: string): string {
  if (generation === 'resoto') return entry.replace(/^fixworker\./, 'resotoworker.');
  return entry.replace(/^[^=]*/, (name) => name.replaceAll('resoto', 'fix'));
}

/**
 * Sets one value of a section. The text becomes a value of the declared type; what cannot be converted, or names nothing
 * that is declared, is a problem.
 *
 * @returns the section with the value, or unchanged when there was a problem
 */
export function applyOverride(
  section: SectionDeclaration,
  values: JsonObject,
  { name, path, text }: Override,
  problems: Problem[],
): JsonObject {
  const keys = path.slice(1);
  const field = findField(section, keys);
  if (typeof field === 'string') {
    problems.push({ path: name, expected: field, found: `the key "${keys.join('.')}"` });
    return values;
  }
  const before = problems.length;
  const value = parseText(field, text, name, problems);
  return problems.length === before ? withValue(values, keys, value) : values;
}

/** The field a path leads to, or what was expected instead. */
function findField(section: SectionDeclaration, keys: readonly string[]): FieldDeclaration | string {
  let field: FieldDeclaration = { type: { object: section.fields, name: section.name }, default: {}, description: '' };
  for (const key of keys) {
    const next = memberOf(field, key);
    if (typeof next === 'string') return next;
    field = { ...next, secret: field.secret === true || next.secret === true };
  }
  return field;
}

function memberOf({ type, min, max }: FieldDeclaration, key: string): FieldDeclaration | string {
  if (typeof type === 'object' && 'map' in type) {
    const range = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
    return { type: type.map, default: null, description: '', ...range };
  }
  if (typeof type !== 'object' || !('object' in type)) return 'a setting without parts';
  // Not every name that an object answers to was declared.
  const member = Object.hasOwn(type.object, key) ? type.object[key] : undefined;
  return member ?? `one of ${Object.keys(type.object).join(', ')}`;
}

function withValue(values: JsonObject, [key = '', ...rest]: readonly string[], value: JsonValue): JsonObject {
  const old = values[key];
  return { ...values, [key]: rest.length === 0 ? value : withValue(isJsonObject(old) ? old : {}, rest, value) };
}
