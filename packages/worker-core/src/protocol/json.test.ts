import { expect, test } from '@jest/globals';
import { isJsonObject, parseJson, stringifyJson } from './json.ts';

test('integers beyond 2^53 keep their digits in both directions (W28)', () => {
  const text = '{"size":9223372036854775807,"list":[-9007199254740993,12345678901234567890]}';

  expect(stringifyJson(parseJson(text))).toBe(text);
  expect(parseJson(text)).toEqual({ size: 9223372036854775807n, list: [-9007199254740993n, 12345678901234567890n] });
});

test('a document that is one long integer keeps its digits', () => {
  expect(parseJson('9007199254740993')).toBe(9007199254740993n);
  expect(stringifyJson(9007199254740993n)).toBe('9007199254740993');
});

test('everything a number holds stays a number', () => {
  expect(parseJson('[9007199254740991,0.1234567890123456789,1e300,12345678901234567890.5]')).toEqual([
    9007199254740991, 0.1234567890123456789, 1e300, 12345678901234567890.5,
  ]);
});

test('digits inside of texts are no integers', () => {
  expect(parseJson('{"arn":"a:12345678901234567890","n":[1]}')).toEqual({ arn: 'a:12345678901234567890', n: [1] });
});

test('broken JSON and cycles fail as they do without bigints', () => {
  const cycle: Record<string, unknown> = { big: 1n };
  cycle['self'] = cycle;

  expect(() => parseJson('{"a":')).toThrow(/JSON/);
  expect(() => stringifyJson(cycle)).toThrow(/circular/);
});

test('half a surrogate pair is replaced, in texts and in names, and nothing that looks like one', () => {
  const value = { 'a\ud800': ['\udfff!', '\\ud800', '🚀'], big: 9007199254740993n };

  expect(stringifyJson(value)).toBe('{"a\uFFFD":["\uFFFD!","\\\\ud800","🚀"],"big":9007199254740993}');
});

test('objects are told apart from arrays and null', () => {
  expect([{}, [], null, 'text', undefined].map((value) => isJsonObject(value))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});
