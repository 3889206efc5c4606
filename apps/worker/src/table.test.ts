import { describe, expect, test } from '@jest/globals';

import { printable, table } from './table.ts';

describe('a table', () => {
  test('has columns as wide as their widest cell', () => {
    const text = table(
      ['kind', 'id'],
      [
        ['instance', 'i-1'],
        ['vpc', 'vpc-22'],
      ],
      80,
    );

    expect(text.split('\n')).toEqual(['kind      id', 'instance  i-1', 'vpc       vpc-22']);
  });

  test('cuts its widest columns first until it fits', () => {
    const text = table(['kind', 'name'], [['instance', 'a'.repeat(60)]], 40);

    expect(text.split('\n')).toEqual(['kind      name', `instance  ${'a'.repeat(29)}…`]);
  });

  test('keeps a readable width of each column on a very narrow terminal', () => {
    const text = table(['one', 'two'], [['1'.repeat(20), '2'.repeat(20)]], 5);

    expect(text).toContain('1111111…  2222222…');
  });

  test('shows no control character of its cells', () => {
    expect(table(['n'], [['a\nb\u001b[2Jc']], 80)).toBe('n\na bc');
  });
});

test.each([
  ['a sequence that sets colors', '\u001b[31mred\u001b[0m', 'red'],
  ['a sequence that sets the title', 'a\u001b]0;title\u0007b', 'ab'],
  ['a sequence that begins with one C1 character', 'a\u009b2Jb', 'ab'],
  ['a lone escape', 'a\u001b', 'a '],
  ['line breaks, tabs and backspaces', 'a\r\nb\tc\bd', 'a  b c d'],
  ['characters that turn the direction of text', 'a\u202eb\u2066c', 'a b c'],
])('%s is not printable', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('letters of all scripts are printable', () => {
  expect(printable('Größe 名前 🚀')).toBe('Größe 名前 🚀');
});
