import { expect, test } from '@jest/globals';
import { conversion } from './convert.ts';

test.each<[unknown, unknown]>([
  [new Date('2024-03-01T10:00:00.999Z'), '2024-03-01T10:00:00Z'],
  ['2024-03-01T10:00:00Z', '2024-03-01T10:00:00Z'],
  ['2024-03-01T10:00:00.123456+02:00', '2024-03-01T08:00:00Z'],
  ['2024-03-01 10:00:00', '2024-03-01T10:00:00Z'],
  ['2024-03-01', '2024-03-01T00:00:00Z'],
  [1709287200, '2024-03-01T10:00:00Z'],
  [1709287200123, '2024-03-01T10:00:00Z'],
  [1709287200.75, '2024-03-01T10:00:00Z'],
  ['1709287200', '2024-03-01T10:00:00Z'],
  ['yesterday', 'yesterday'],
  [Number.NaN, Number.NaN],
  [{ at: 1 }, { at: 1 }],
])('the datetime of %p is %p', (value, expected) => {
  expect(conversion('datetime')?.(value)).toEqual(expected);
});

test('a date object without time stays, for the check to report', () => {
  const invalid = new Date(Number.NaN);

  expect(conversion('datetime')?.(invalid)).toBe(invalid);
});

test.each<[unknown, unknown]>([
  [new Date('2024-03-01T23:00:00Z'), '2024-03-01'],
  ['2024-03-01', '2024-03-01'],
  ['2024-03-01T10:00:00Z', '2024-03-01'],
  ['March', 'March'],
])('the date of %p is %p', (value, expected) => {
  expect(conversion('date')?.(value)).toEqual(expected);
});

test.each<[unknown, unknown]>([
  [5, 5],
  ['12', 12],
  ['-3', -3],
  ['9007199254740993', 9007199254740993n],
  [9007199254740993n, 9007199254740993n],
  [5n, 5],
  ['12.5', '12.5'],
  ['', ''],
])('the int64 of %p is %p', (value, expected) => {
  expect(conversion('int64')?.(value)).toBe(expected);
});

test.each<[unknown, unknown]>([
  ['1.5', 1.5],
  ['x', 'x'],
  [2n, 2],
])('the double of %p is %p', (value, expected) => {
  expect(conversion('double')?.(value)).toBe(expected);
});

test.each<[unknown, unknown]>([
  ['true', true],
  ['False', false],
  [true, true],
  ['yes', 'yes'],
  [1, 1],
])('the boolean of %p is %p', (value, expected) => {
  expect(conversion('boolean')?.(value)).toBe(expected);
});
