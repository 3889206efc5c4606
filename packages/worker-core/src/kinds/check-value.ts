import { isDate } from 'node:util/types';

import { parseDuration } from '../protocol/duration.ts';
import { stringifyJson } from '../protocol/json.ts';
import { dateText, timestampText } from '../protocol/timestamp.ts';
import { toInteger } from './convert.ts';
import type { SimpleType } from './types.ts';

/**
 * Checks a value that is neither null nor undefined.
 *
 * @returns the value itself when it is right as it is, what the core would make of it where it has another form, or `wrong`
 */
export type SimpleCheck = (value: unknown) => unknown;

/** Result of a check: the value cannot be understood as its type. */
export const wrong: unique symbol = Symbol('wrong');

/** Checks of single values by the rules of the core (protocol 7.6). Values of any type are not among them. */
export function simpleCheck(name: Exclude<SimpleType, 'any'>): SimpleCheck {
  return checks[name];
}

export function enumCheck(values: readonly string[]): SimpleCheck {
  const known = new Set<unknown>(values);
  return (value) => {
    const text = checkString(value);
    return known.has(text) ? text : wrong;
  };
}

const checks: Readonly<Record<Exclude<SimpleType, 'any'>, SimpleCheck>> = {
  string: checkString,
  int32: checkInteger,
  int64: checkInteger,
  float: checkNumber,
  double: checkNumber,
  boolean: checkBoolean,
  datetime: checkDateTime,
  date: checkDate,
  duration: checkDuration,
};

function checkString(value: unknown): unknown {
  if (typeof value === 'string') return value;
  if (isDate(value)) return checkDateTime(value);
  return isWritable(value) ? stringifyJson(value) : wrong;
}

function checkInteger(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : cutFraction(value);
  if (typeof value === 'boolean') return Number(value);
  const integer = toInteger(value);
  return typeof integer === 'number' || typeof integer === 'bigint' ? integer : wrong;
}

function checkNumber(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : wrong;
  if (typeof value === 'boolean' || typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value.trim() === '') return wrong;
  const number = Number(value);
  return Number.isFinite(number) ? number : wrong;
}

function checkBoolean(value: unknown): unknown {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string') return wrong;
  return booleanTexts.get(value.toLowerCase()) ?? wrong;
}

const booleanTexts: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
]);

// A duration text would become "now and that long" in the core, which is never what a collector means.
function checkDateTime(value: unknown): unknown {
  if (typeof value === 'string' && value.length === 20 && wireTime.test(value)) return value;
  return typeof value === 'string' || isValidDate(value) ? (timestampText(value) ?? wrong) : wrong;
}

function checkDate(value: unknown): unknown {
  return typeof value === 'string' || isValidDate(value) ? (dateText(value) ?? wrong) : wrong;
}

function checkDuration(value: unknown): unknown {
  return typeof value === 'string' && parseDuration(value) !== undefined ? value : wrong;
}

// The last days of a month are looked at more closely.
const wireTime = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;

function isValidDate(value: unknown): value is Date {
  return isDate(value) && !Number.isNaN(value.getTime());
}

function cutFraction(value: number): unknown {
  return Number.isFinite(value) ? Math.trunc(value) : wrong;
}

function isWritable(value: unknown): boolean {
  return typeof value === 'number' ? Number.isFinite(value) : typeof value !== 'function' && typeof value !== 'symbol';
}
