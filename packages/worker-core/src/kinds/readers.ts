/**
 * Where a value stands in a vendor's answer, and the steps that turn it into what a property holds.
 *
 * A reader gets an answer, a step gets the result of the reader before it; both are plain functions, so a function written
 * in place is a step like any other: `path('MemoryInfo.SizeInMiB', (mib) => Number(mib) / 1024)`. Null and undefined end
 * a chain.
 */
import { isDate } from 'node:util/types';

import { dateTimeText, toBoolean, toFloat, toInteger } from './convert.ts';
import { isObject, scalarText, setMember } from './members.ts';
import type { Reader } from './types.ts';

/** A path in the answer (`'State.Name'`, `'Attachments[].InstanceId'`), or a reader. */
export type Source = string | Reader;

export function reader(source: Source): Reader {
  return typeof source === 'string' ? path(source) : source;
}

/**
 * Follows a path, then applies the steps in order.
 *
 * `A.B` is a member of a member, `[0]` and `[-1]` are elements of an array, `A[].B` collects B of every element into one
 * flat array without those that have none. An empty path is the answer itself.
 */
export function path(text: string, ...steps: readonly Reader[]): Reader {
  return chain([...parsePath(text), ...steps]);
}

/** The first of the sources that has a value in the same answer. */
export function firstOf(...sources: readonly Source[]): Reader {
  const readers = sources.map(reader);
  return (answer) => {
    for (const each of readers) {
      const value = each(answer);
      if (value !== undefined && value !== null) return value;
    }
    return undefined;
  };
}

export function constant(value: unknown): Reader {
  return () => value;
}

/** Element of an array (negative: from the end) or member of an object. */
export function item(key: number | string): Reader {
  if (typeof key === 'string') return (value) => member(value, key);
  return (value: unknown): unknown => (Array.isArray(value) ? (value as readonly unknown[]).at(key) : undefined);
}

/**
 * Reads every element of an array; null for those without a value. What is no array counts as one element. Nested values
 * need no step: `list(attachment, 'Attachments')` reads each of them.
 */
export function each(source: Source): Reader {
  const readElement = reader(source);
  return (value) => (Array.isArray(value) ? value : [value]).map((element: unknown) => readElement(element) ?? null);
}

/** Looks the text of a value up in a table. What is not there becomes `other`, or stays as it is. */
export function mapped(table: Readonly<Record<string, unknown>>, other?: unknown): Reader {
  const entries = new Map(Object.entries(table));
  return (value) => {
    const key = scalarText(value);
    return key !== undefined && entries.has(key) ? entries.get(key) : (other ?? value);
  };
}

/** A list of key and value pairs as an object. A tag without value gets the empty text. */
export function tagsToObject(key = 'Key', value = 'Value'): Reader {
  return (tags) => {
    if (!Array.isArray(tags)) return undefined;
    const result: Record<string, unknown> = {};
    for (const tag of tags) {
      const name = scalarText(member(tag, key));
      if (name !== undefined) setMember(result, name, member(tag, value) ?? '');
    }
    return result;
  };
}

/** Value of the tag with that name in a list of key and value pairs. */
export function tagValue(name: string, key = 'Key', value = 'Value'): Reader {
  return (tags) =>
    Array.isArray(tags)
      ? member(
          tags.find((tag) => member(tag, key) === name),
          value,
        )
      : undefined;
}

/** Parses JSON text. Nothing when the text is no JSON. */
export function parseJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Sorts the keys of all objects inside, and all lists of texts or of numbers, so that a document whose order means nothing
 * does not change from run to run. In lists with objects or lists inside, these count as the number 1; a list that mixes
 * them with text keeps its order.
 */
export function sortJson(value: unknown): unknown {
  if (Array.isArray(value)) return sortList(value.map(sortJson));
  if (typeof value !== 'object' || value === null) return value;
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort(compare)) setMember(sorted, key, sortJson(member(value, key)));
  return sorted;
}

/** Sorts an array by a value of its elements, ascending. Elements without that value come first. */
export function sortBy(source: Source): Reader {
  const readKey = reader(source);
  return (list) => {
    if (!Array.isArray(list)) return undefined;
    const keyed = list.map((element: unknown) => ({ element, key: sortable(readKey(element)) }));
    return keyed.sort((left, right) => compare(left.key, right.key)).map(({ element }) => element);
  };
}

/** An array without its null elements. */
export function stripNulls(list: unknown): unknown {
  return Array.isArray(list) ? list.filter((element) => element !== null && element !== undefined) : list;
}

/** Nothing for an empty text, array or object. */
export function emptyToNull(value: unknown): unknown {
  if (value === '') return null;
  const isEmpty = Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
  return isEmpty ? null : value;
}

/** Whole number of a number (fractions cut), a boolean or a text; nothing when it is none. */
export function asInt(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  const number = toInteger(typeof value === 'string' && !isInteger(value) ? Number(value) : value);
  if (typeof number === 'bigint') return number;
  return typeof number === 'number' && Number.isFinite(number) ? Math.trunc(number) : undefined;
}

/** Number of a number or a text; nothing when it is none. */
export function asFloat(value: unknown): unknown {
  const number = toFloat(value);
  return typeof number === 'number' && !Number.isNaN(number) ? number : undefined;
}

/** Boolean of a boolean or of the texts `true` and `false`; nothing when it is none. */
export function asBool(value: unknown): unknown {
  const boolean = toBoolean(value);
  return typeof boolean === 'boolean' ? boolean : undefined;
}

/** Time of a date object, an ISO text or seconds (also milliseconds) since the epoch, as `YYYY-MM-DDTHH:MM:SSZ`; nothing when it is none. */
export function asDateTime(value: unknown): unknown {
  return dateTimeText(value);
}

/** Runs readers one after the other. */
export function chain(readers: readonly Reader[]): Reader {
  const [first, second, ...others] = readers;
  if (first === undefined) return (answer) => answer;
  if (second === undefined) return first;
  const next = others.length === 0 ? second : chain([second, ...others]);
  return (answer) => {
    const value = first(answer);
    return value === undefined || value === null ? undefined : next(value);
  };
}

/** Member of an object, undefined for everything else. */
export function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Record<string, unknown>)[key];
}

function parsePath(text: string): Reader[] {
  const [names = '', ...flattened] = text.split('[]');
  const first = names
    .split('.')
    .filter((name) => name !== '')
    .flatMap(parseName);
  if (flattened.length === 0) return first;
  return [...first, collectEach(chain(parsePath(flattened.join('[]'))))];
}

function parseName(text: string): Reader[] {
  const [, name = '', positions = ''] = /^([^[\]]*)((?:\[-?\d+\])*)$/.exec(text) ?? [];
  if (name === '' && positions === '') throw new TypeError(`"${text}" is no part of a path: use name, [], [0] or [-1]`);
  const elements = Array.from(positions.matchAll(/-?\d+/g), ([position]) => item(Number(position)));
  return name === '' ? elements : [item(name), ...elements];
}

function collectEach(readElement: Reader): Reader {
  return (list) => {
    if (!Array.isArray(list)) return undefined;
    const values: unknown[] = [];
    for (const element of list) {
      const value = readElement(element);
      if (Array.isArray(value)) values.push(...(value as readonly unknown[]));
      else if (value !== undefined && value !== null) values.push(value);
    }
    return values;
  };
}

function sortList(list: unknown[]): unknown[] {
  const keyed = list.map((element) => ({
    element,
    key: typeof element === 'object' && element !== null ? 1 : element,
  }));
  const texts = keyed.every(({ key }) => typeof key === 'string');
  const numbers = keyed.every(({ key }) => typeof key === 'number' || typeof key === 'boolean');
  if (!texts && !numbers) return list;
  return keyed.sort((left, right) => compare(left.key, right.key)).map(({ element }) => element);
}

function sortable(key: unknown): string | number {
  if (isDate(key)) return key.getTime();
  return typeof key === 'number' || typeof key === 'string' ? key : '';
}

function compare(left: unknown, right: unknown): number {
  const [a, b] = [left as string | number, right as string | number];
  return a < b ? -1 : a > b ? 1 : 0;
}

function isInteger(text: string): boolean {
  return /^\s*[+-]?\d+\s*$/.test(text);
}
