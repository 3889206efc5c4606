import { isJsonObject, stringifyJson, type JsonValue } from '@resoto/worker-core';
import { isJsonArray } from '../json.ts';
import type { Operator } from './ast.ts';

/** Order of values; those of different types are ordered null < boolean < number < string < array < object. */
export function compareValues(left: JsonValue, right: JsonValue): number {
  const rank = rankOf(left) - rankOf(right);
  if (rank !== 0) return rank;
  if (isJsonArray(left) && isJsonArray(right)) return compareArrays(left, right);
  if (isJsonObject(left) && isJsonObject(right)) {
    for (const name of new Set([...Object.keys(left), ...Object.keys(right)].toSorted())) {
      const order = compareValues(left[name] ?? null, right[name] ?? null);
      if (order !== 0) return order;
    }
    return 0;
  }
  return compareScalars(left, right);
}

/** The test of an operator against one value of a query; a missing member is null (protocol 10.3). */
export function comparison(operator: Operator, wanted: JsonValue): (value: JsonValue) => boolean {
  switch (operator) {
    case '==':
      return (value) => compareValues(value, wanted) === 0;
    case '!=':
      return (value) => compareValues(value, wanted) !== 0;
    case '<':
      return (value) => value !== null && compareValues(value, wanted) < 0;
    case '<=':
      return (value) => value !== null && compareValues(value, wanted) <= 0;
    case '>':
      return (value) => compareValues(value, wanted) > 0;
    case '>=':
      return (value) => compareValues(value, wanted) >= 0;
    case 'in':
      return isIn(wanted);
    case 'not in': {
      const found = isIn(wanted);
      return (value) => value !== null && !found(value);
    }
    case '=~': {
      const pattern = new RegExp(scalarText(wanted), 'i');
      return (value) => value !== null && pattern.test(scalarText(value));
    }
    case '!~': {
      const pattern = new RegExp(scalarText(wanted));
      return (value) => !pattern.test(scalarText(value));
    }
  }
}

function isIn(wanted: JsonValue): (value: JsonValue) => boolean {
  const list: readonly JsonValue[] = isJsonArray(wanted) ? wanted : [];
  const texts = new Set(list.filter((item) => typeof item === 'string'));
  const others = list.filter((item) => typeof item !== 'string');
  return (value) =>
    typeof value === 'string' ? texts.has(value) : others.some((item) => compareValues(value, item) === 0);
}

function scalarText(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : stringifyJson(value);
}

function rankOf(value: JsonValue): number {
  switch (typeof value) {
    case 'boolean':
      return 1;
    case 'number':
    case 'bigint':
      return 2;
    case 'string':
      return 3;
    default:
      return value === null ? 0 : isJsonArray(value) ? 4 : 5;
  }
}

function compareArrays(left: readonly JsonValue[], right: readonly JsonValue[]): number {
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const order = compareValues(left[index] ?? null, right[index] ?? null);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Both have the same type here. */
function compareScalars(left: JsonValue, right: JsonValue): number {
  if (left === null || right === null || left === right) return 0;
  if (left < right) return -1;
  return left > right ? 1 : 0;
}
