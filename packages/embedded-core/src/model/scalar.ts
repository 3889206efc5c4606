import {
  dateText,
  formatTimestamp,
  parseDuration,
  parseTimestamp,
  stringifyJson,
  type JsonValue,
} from '@resoto/worker-core';
import type { SimpleKind } from './kind.ts';

/** A scalar after conversion, or why it is none. */
export type Converted = { readonly value: JsonValue } | { readonly expected: string };

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const ZONE = /(?:[Zz]|UTC|[T ].*[+-]\d\d(?::?\d\d)?)$/;
const TRUE = ['true', 'yes', 'on'];
const FALSE = ['false', 'no', 'off'];

/** Converts a value, which is not null, to a scalar kind and checks its limits (protocol 7.6). */
export function convertScalar(kind: SimpleKind, value: JsonValue, now: () => number): Converted {
  const converted = toRuntime(kind.runtime, value, now);
  if ('expected' in converted)
    return kind.fqn === kind.runtime ? converted : { expected: `${kind.fqn} (${converted.expected})` };
  const unmet = limit(kind, converted.value);
  return unmet === undefined ? converted : { expected: `${kind.fqn} (${unmet})` };
}

/** Converts to the runtime kind alone, as the values of a query are; limits of enumerations do not apply there. */
export function toRuntime(runtime: SimpleKind['runtime'], value: JsonValue, now: () => number): Converted {
  switch (runtime) {
    case 'any':
    case 'age':
      return { value };
    case 'string':
      return { value: typeof value === 'string' ? value : stringifyJson(value) };
    case 'int32':
    case 'int64':
      return integer(runtime, value);
    case 'float':
    case 'double':
      return float(runtime, value);
    case 'boolean':
      return boolean(value);
    case 'datetime':
      return datetime(value, now);
    case 'date':
      return date(value);
    case 'duration':
      return duration(value);
  }
}

function integer(expected: string, value: JsonValue): Converted {
  if (isNumber(value) || typeof value === 'boolean') return { value };
  if (typeof value !== 'string' || !/^\s*[+-]?\d+\s*$/.test(value)) return { expected };
  const number = Number(value);
  return { value: Number.isSafeInteger(number) ? number : BigInt(value.trim().replace(/^\+/, '')) };
}

function float(expected: string, value: JsonValue): Converted {
  if (isNumber(value) || typeof value === 'boolean') return { value };
  if (typeof value !== 'string' || value.trim() === '') return { expected };
  const number = Number(value);
  return Number.isFinite(number) ? { value: number } : { expected };
}

function boolean(value: JsonValue): Converted {
  if (typeof value === 'boolean') return { value };
  const word = typeof value === 'string' ? value.toLowerCase() : '';
  if (TRUE.includes(word)) return { value: true };
  return FALSE.includes(word) ? { value: false } : { expected: 'boolean' };
}

function datetime(value: JsonValue, now: () => number): Converted {
  const expected = 'datetime as YYYY-MM-DDTHH:MM:SSZ';
  if (typeof value !== 'string') return { expected };
  const time = parseTimestamp(value);
  if (time !== undefined) {
    const text = TIMESTAMP.test(value) ? value : formatTimestamp(ZONE.test(value) ? time : inLocalZone(time));
    return text === undefined ? { expected } : { value: text };
  }
  const seconds = value === '' ? undefined : parseDuration(value);
  const text = seconds === undefined ? undefined : formatTimestamp(new Date(now() + seconds * 1000));
  return text === undefined ? { expected } : { value: text };
}

/** The same figures of calendar and clock, in the zone of this machine. */
function inLocalZone(time: Date): Date {
  return new Date(
    time.getUTCFullYear(),
    time.getUTCMonth(),
    time.getUTCDate(),
    time.getUTCHours(),
    time.getUTCMinutes(),
    time.getUTCSeconds(),
  );
}

function date(value: JsonValue): Converted {
  const expected = 'date as YYYY-MM-DD';
  if (typeof value !== 'string') return { expected };
  if (/^\d{4}-\d\d-\d\d$/.test(value) && parseTimestamp(value) !== undefined) return { value };
  const text = dateText(value) ?? otherDate(value);
  return text === undefined ? { expected } : { value: text };
}

/** Texts such as `1 Mar 2024`. A mere number is no date, whatever the runtime makes of it. */
function otherDate(text: string): string | undefined {
  const time = /[A-Za-z]/.test(text) && /\d{4}/.test(text) ? new Date(`${text} UTC`) : undefined;
  return time === undefined || Number.isNaN(time.getTime()) ? undefined : dateText(time);
}

function duration(value: JsonValue): Converted {
  const seconds = typeof value === 'string' && value !== '' ? parseDuration(value) : undefined;
  if (seconds === undefined || typeof value !== 'string') return { expected: 'duration such as 1d2h3s' };
  return { value: /^[+-]?P/.test(value) ? value : `${Math.trunc(seconds)}s` };
}

function limit(kind: SimpleKind, value: JsonValue): string | undefined {
  if (kind.values !== undefined && !kind.values.includes(value)) return `one of ${kind.values.map(String).join(', ')}`;
  if (typeof value === 'string') {
    if (kind.pattern !== undefined && !kind.pattern.test(value)) return `text that matches ${kind.pattern.source}`;
    if (kind.minLength !== undefined && value.length < kind.minLength) return `at least ${kind.minLength} characters`;
    if (kind.maxLength !== undefined && value.length > kind.maxLength) return `at most ${kind.maxLength} characters`;
  }
  if (isNumber(value)) {
    if (kind.minimum !== undefined && value < kind.minimum) return `at least ${kind.minimum}`;
    if (kind.maximum !== undefined && value > kind.maximum) return `at most ${kind.maximum}`;
  }
  return undefined;
}

function isNumber(value: JsonValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
