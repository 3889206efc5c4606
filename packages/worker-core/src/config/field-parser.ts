import { parseDuration } from '../protocol/duration.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';
import { rangeText, type Range } from './range.ts';
import type { FieldDeclaration, FieldDeclarations, FieldType, SectionDeclaration } from './section.ts';

/** A value that is not what its field declares. `found` never shows a secret. */
export interface Problem {
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/** A value and where it stands, while it is read. */
interface Place {
  readonly path: string;
  readonly secret: boolean;
  readonly range: Range;
  readonly problems: Problem[];
}

/**
 * Effective values of a section: what the document says where it says something, else the default. Nothing is guessed:
 * a value of another type is a problem, except for texts that spell a number or a boolean, as placeholders yield them.
 * Objects are merged field by field; lists and maps are taken as they are, so an empty map stays empty.
 */
export function parseSection(section: SectionDeclaration, stored: JsonObject, problems: Problem[]): JsonObject {
  return parseFields(section.fields, stored, { path: section.name, secret: false, range: {}, problems });
}

/**
 * Reads the text of an override. Lists are separated by commas; the empty text is a list with one empty element. The text
 * `null` is null where that is allowed.
 */
export function parseText(field: FieldDeclaration, text: string, path: string, problems: Problem[]): JsonValue {
  const place: Place = { path, secret: field.secret === true, range: field, problems };
  const { type } = field;
  if (field.nullable === true && text === 'null') return null;
  if (typeof type !== 'object' || !('list' in type)) return parseValue(type, text, place);
  return text.split(',').map((element, index) => parseValue(type.list, element, below(place, `[${index}]`)));
}

function parseFields(fields: FieldDeclarations, stored: JsonObject, place: Place): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      parseField(field, memberOf(stored, name), { ...below(place, `.${name}`, field.secret), range: field }),
    ]),
  );
}

function parseField(field: FieldDeclaration, stored: JsonValue | undefined, place: Place): JsonValue {
  if (stored === undefined) return field.default;
  // A null that cannot be meant as one is how documents of the reference worker say "not set".
  if (stored === null) return field.nullable === true ? null : field.default;
  return parseValue(field.type, stored, place);
}

function parseValue(type: FieldType, value: JsonValue, place: Place): JsonValue {
  if (typeof type === 'string') return parseScalar(type, value, place);
  if ('oneOf' in type) {
    if (typeof value === 'string' && type.oneOf.includes(value)) return value;
    return problem(`one of ${type.oneOf.join(', ')}`, value, place);
  }
  if ('list' in type) {
    if (!isList(value)) return problem('a list', value, hidden(place));
    return value.map((element, index) => parseValue(type.list, element, below(place, `[${index}]`)));
  }
  if (!isJsonObject(value)) return problem('map' in type ? 'a map' : 'an object', value, hidden(place));
  if ('object' in type) return parseFields(type.object, value, place);
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, element]) => [key, parseValue(type.map, element, below(place, `.${key}`))]),
  );
}

function parseScalar(type: Extract<FieldType, string>, value: JsonValue, place: Place): JsonValue {
  switch (type) {
    case 'any':
      return value;
    case 'string':
      return typeof value === 'string' ? value : problem('a text', value, place);
    case 'boolean':
      return typeof value === 'boolean' ? value : (booleanOf(value) ?? problem('true or false', value, place));
    case 'int64':
      return inRange(wholeNumberOf(value), 'a whole number', value, place);
    case 'double':
      return inRange(numberOf(value), 'a number', value, place);
    case 'duration': {
      const seconds = typeof value === 'string' ? parseDuration(value) : undefined;
      const range = { ...place.range, min: place.range.min ?? 0 };
      const checked = inRange(seconds, 'a duration such as 30d or 1h30min', value, { ...place, range }, ' seconds');
      return checked === null ? null : value;
    }
  }
}

function inRange(
  number: number | undefined,
  expected: string,
  value: JsonValue,
  place: Place,
  unit = '',
): number | null {
  if (number === undefined) return problem(expected, value, place);
  const { min = -Infinity, max = Infinity } = place.range;
  if (number >= min && number <= max) return number;
  return problem(`${expected}, ${rangeText(place.range)}${unit}`, value, place);
}

const booleans = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['off', false],
  ['0', false],
]);

function booleanOf(value: JsonValue): boolean | undefined {
  return typeof value === 'string' ? booleans.get(value.trim().toLowerCase()) : undefined;
}

function wholeNumberOf(value: JsonValue): number | undefined {
  const number = numberOf(value);
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
}

function numberOf(value: JsonValue): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) return undefined;
  return numberOf(Number(value));
}

function problem(expected: string, value: JsonValue, { path, secret, problems }: Place): null {
  problems.push({ path, expected, found: describe(value, secret) });
  return null;
}

function describe(value: JsonValue, secret: boolean): string {
  if (value === null) return 'null';
  if (isList(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (secret) return `a ${typeof value === 'string' ? 'text' : typeof value} (not shown)`;
  if (typeof value !== 'string') return String(value);
  return `the text "${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`;
}

function below(place: Place, step: string, secretField = false): Place {
  return { ...place, path: place.path + step, secret: place.secret || secretField };
}

/** What the document says, never what every object inherits. */
function memberOf(stored: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(stored, name) ? stored[name] : undefined;
}

/** What stands in place of a list or object may be anything that belongs inside of it, secrets included. */
function hidden(place: Place): Place {
  return { ...place, secret: true };
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
