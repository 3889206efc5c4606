import { describe, expect, test } from '@jest/globals';
import { formatDuration, parseDuration } from './duration.ts';

const day = 86_400;

describe('a duration is read from', () => {
  test.each([
    ['1d2h3s', day + 7200 + 3],
    ['2h', 7200],
    ['90 minutes', 5400],
    ['1.5h', 5400],
    ['3 days and 4 hours', 3 * day + 4 * 3600],
    ['3 days, 4 hours,5min', 3 * day + 4 * 3600 + 300],
    ['1yr1mo', 365 * day + 31 * day],
    ['2M', 62 * day],
    ['2m', 120],
    ['2w', 14 * day],
    ['1dand2h', day + 7200],
    ['-1d2h', -(day + 7200)],
    ['+5s', 5],
    ['0s', 0],
    ['P1DT2H', day + 7200],
    ['P1Y2M', 365 * day + 62 * day],
    ['-PT1.5H', -5400],
    ['P2W', 14 * day],
  ])('%s', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });
});

describe('no duration is', () => {
  test.each([
    '',
    ' ',
    '5',
    'h',
    '5 parsecs',
    '5min!',
    '1d 2',
    '1d-2h',
    'P',
    'PT',
    'P1DT',
    '1H',
    'and 5s',
    '- 5s',
    'forever',
  ])('%j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

test('a duration is written with its units in falling order', () => {
  expect(formatDuration(400 * day + 5 * 3600 + 6 * 60 + 7.9)).toBe('1yr1mo4d5h6min7s');
  expect(formatDuration(3601)).toBe('1h1s');
  expect(formatDuration(14 * day)).toBe('14d');
});

test('nothing left or negative is zero seconds', () => {
  expect([0, 0.9, -5].map((seconds) => formatDuration(seconds))).toEqual(['0s', '0s', '0s']);
});

test('an age has at most its two largest units', () => {
  expect(formatDuration(400 * day + 5 * 3600, { largest: 2 })).toBe('1yr1mo');
  expect(formatDuration(365 * day + 3, { largest: 2 })).toBe('1yr3s');
});
