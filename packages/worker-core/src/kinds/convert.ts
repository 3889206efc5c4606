/**
 * From what vendors send to what a property type holds. What cannot be converted stays as it is, so that the check of the
 * node reports it with its value.
 */
import { isDate } from 'node:util/types';

import { formatTimestamp, timestampText } from '../protocol/timestamp.ts';
import type { SimpleType } from './types.ts';

/** The conversion for values of a type, or undefined when they are taken as they come. */
export function conversion(type: SimpleType): ((value: unknown) => unknown) | undefined {
  switch (type) {
    case 'int32':
    case 'int64':
      return toInteger;
    case 'float':
    case 'double':
      return toFloat;
    case 'boolean':
      return toBoolean;
    case 'datetime':
      return toDateTime;
    case 'date':
      return toDate;
    case 'string':
    case 'duration':
    case 'any':
      return undefined;
  }
}

/** Integer text as a number, or as a bigint where a number would lose digits. */
export function toInteger(value: unknown): unknown {
  if (typeof value === 'bigint') return narrow(value);
  if (typeof value !== 'string' || !integerText.test(value)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value.trim().replace('+', ''));
}

/** Decimal text as a number. */
export function toFloat(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value.trim() === '') return value;
  const number = Number(value);
  return Number.isFinite(number) ? number : value;
}

/** The texts `true` and `false` in any case as booleans. */
export function toBoolean(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : value;
}

/** A date object, an ISO text, or seconds or milliseconds since the epoch (also as text) as `YYYY-MM-DDTHH:MM:SSZ`. */
function toDateTime(value: unknown): unknown {
  return dateTimeText(value) ?? value;
}

/** What `toDateTime` understands, as `YYYY-MM-DD`. */
function toDate(value: unknown): unknown {
  return dateTimeText(value)?.slice(0, 10) ?? value;
}

/** Wire text of a point in time in any form vendors send; undefined when it is none. */
export function dateTimeText(value: unknown): string | undefined {
  if (typeof value === 'string') return epochText.test(value) ? epochTime(Number(value)) : timestampText(value);
  if (typeof value === 'number') return epochTime(value);
  return isDate(value) && !Number.isNaN(value.getTime()) ? formatTimestamp(value) : undefined;
}

const integerText = /^\s*[+-]?\d+\s*$/;
const epochText = /^\d{9,13}(\.\d+)?$/;

/** Seconds since the epoch reach this number in the year 5138; as milliseconds it is a day in 1973. */
const firstMilliseconds = 100_000_000_000;

function epochTime(value: number): string | undefined {
  const time = new Date(Math.abs(value) < firstMilliseconds ? value * 1000 : value);
  return Number.isNaN(time.getTime()) ? undefined : formatTimestamp(time);
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
