import { describe, expect, test } from '@jest/globals';
import { dateText, formatTimestamp, parseTimestamp, timestampText } from './timestamp.ts';

describe('the wire text of', () => {
  test.each([
    ['2024-03-01T10:00:00Z', '2024-03-01T10:00:00Z'],
    ['2024-03-01T10:00:00.999Z', '2024-03-01T10:00:00Z'],
    ['2024-03-01T10:00:00.123456', '2024-03-01T10:00:00Z'],
    ['2024-03-01 10:00:00', '2024-03-01T10:00:00Z'],
    ['2024-03-01 10:00:00 UTC', '2024-03-01T10:00:00Z'],
    ['2024-03-01T10:00:00+02:00', '2024-03-01T08:00:00Z'],
    ['2024-03-01T10:00:00-0530', '2024-03-01T15:30:00Z'],
    ['2024-03-01T00:30:00+01', '2024-02-29T23:30:00Z'],
    ['2024-03-01T10:00Z', '2024-03-01T10:00:00Z'],
    ['2024-03-01', '2024-03-01T00:00:00Z'],
    ['0099-12-31T00:00:00Z', '0099-12-31T00:00:00Z'],
  ])('%s', (text, wire) => {
    expect(timestampText(text)).toBe(wire);
  });
});

describe('no point in time is', () => {
  test.each([
    '',
    'yesterday',
    '2024-02-30T10:00:00Z',
    '2024-13-01',
    '2024-03-01T25:00:00Z',
    '2024-03-01T10:61:00Z',
    '1709287200',
  ])('%j', (text) => {
    expect(timestampText(text)).toBeUndefined();
    expect(parseTimestamp(text)).toBeUndefined();
  });
});

test('a date is written in UTC with its fraction cut', () => {
  expect(formatTimestamp(new Date(Date.UTC(2024, 2, 1, 10, 0, 0, 999)))).toBe('2024-03-01T10:00:00Z');
  expect(dateText(new Date(Date.UTC(2024, 2, 1, 23)))).toBe('2024-03-01');
  expect(dateText('2024-03-01')).toBe('2024-03-01');
});

test('a date without text is undefined', () => {
  expect(formatTimestamp(new Date(Number.NaN))).toBeUndefined();
  expect(formatTimestamp(new Date(Date.UTC(12_000, 0)))).toBeUndefined();
});
