import type { JsonValue } from '@resoto/worker-core';
import type { Scanner } from './scanner.ts';

const STRING = /"((?:[^"\\]|\\[\s\S])*)"/y;
// A word ends where a navigation begins, although dashes may be part of it.
const BARE = /(?!--|-default|-delete|-iam)[A-Za-z0-9_\-:/.]+?(?=-+[>[]|[^A-Za-z0-9_\-:/.]|$)/y;
// Account numbers such as 012345678901 are no numbers.
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const LITERALS = new Map<string, JsonValue>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/** Reads the value of a comparison. Throws `invalid_query`. */
export function parseValue(scanner: Scanner): JsonValue {
  if (scanner.take('[')) return list(scanner);
  if (scanner.take('{')) return object(scanner);
  const text = parseString(scanner);
  if (text !== undefined) return text;
  const word = scanner.match(BARE)?.[0];
  if (word === undefined) throw scanner.error('expected a value');
  const literal = LITERALS.get(word);
  if (literal !== undefined) return literal;
  return NUMBER.test(word) ? number(word) : word;
}

/** Only these four escapes exist; every other backslash stands for itself, as in regular expressions. */
export function parseString(scanner: Scanner): string | undefined {
  const text = scanner.match(STRING)?.[1];
  if (text === undefined && scanner.sees(/"/y)) throw scanner.error('the text is not closed with "');
  return text?.replaceAll(/\\(["\\/'])/g, '$1');
}

function number(word: string): JsonValue {
  const value = Number(word);
  return Number.isInteger(value) && !Number.isSafeInteger(value) && !word.includes('.') ? BigInt(word) : value;
}

function list(scanner: Scanner): JsonValue[] {
  const values: JsonValue[] = [];
  if (scanner.take(']')) return values;
  do values.push(parseValue(scanner));
  while (scanner.take(','));
  scanner.expect(']', 'to close the list');
  return values;
}

function object(scanner: Scanner): JsonValue {
  const members: Record<string, JsonValue> = {};
  if (scanner.take('}')) return members;
  do {
    const name = parseString(scanner) ?? scanner.match(/[A-Za-z_][A-Za-z0-9_-]*/y)?.[0];
    if (name === undefined) throw scanner.error('expected the name of a member');
    scanner.expect(':', 'behind the name of a member');
    members[name] = parseValue(scanner);
  } while (scanner.take(','));
  scanner.expect('}', 'to close the object');
  return members;
}
