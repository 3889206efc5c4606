import { expect, test } from '@jest/globals';
import type { JsonValue } from '@resoto/worker-core';
import type { Operator } from './ast.ts';
import { compareValues, comparison } from './compare.ts';

test('orders values of different types', () => {
  const values: JsonValue[] = [{ a: 1 }, [1], 'a', 1, true, null, false, 2n, '', [], {}];

  expect(values.toSorted(compareValues)).toEqual([null, false, true, 1, 2n, '', 'a', [], [1], {}, { a: 1 }]);
});

test('compares long integers exactly', () => {
  expect(compareValues(9007199254740993n, 9007199254740992)).toBeGreaterThan(0);
  expect(compareValues(5n, 5)).toBe(0);
});

test('compares objects member by member, whatever their order', () => {
  expect(compareValues({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(0);
  expect(compareValues({ a: 1, b: 2 }, { b: 3, a: 1 })).toBeLessThan(0);
});

test.each<[JsonValue, Operator, JsonValue, boolean]>([
  [null, '==', null, true],
  [null, '!=', true, true],
  [null, '==', true, false],
  [null, '<', 5, false],
  [null, '<=', 5, false],
  [null, '>', 5, false],
  [null, '>=', 5, false],
  [null, 'in', ['a'], false],
  [null, 'in', [null], true],
  [null, 'not in', ['a'], false],
  [null, '=~', '.*', false],
  [null, '!~', 'a', true],
  [5, '<', 6, true],
  [5, '<', 'a', true],
  ['a', '>', 5, true],
  ['b', 'in', ['a', 'b'], true],
  ['b', 'not in', ['a', 'b'], false],
  ['c', 'not in', ['a', 'b'], true],
  [1, 'in', [1, 'a'], true],
  ['1', 'in', [1], false],
  ['Abc', '=~', 'b', true],
  ['Abc', '=~', '^B', false],
  ['ABC', '=~', 'b', true],
  ['ABC', '!~', 'b', true],
  ['abc', '!~', 'b', false],
  [true, '=~', 'tru', true],
])('%j %s %j is %s', (value, operator, wanted, expected) => {
  expect(comparison(operator, wanted)(value)).toBe(expected);
});
