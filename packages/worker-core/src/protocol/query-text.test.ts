import { expect, test } from '@jest/globals';
import { quoted, quotedList } from './query-text.ts';

test.each([
  ['plain', '"plain"'],
  ['with "quotes"', String.raw`"with \"quotes\""`],
  ['back\\slash" or all', String.raw`"back\\slash\" or all"`],
])('%s cannot end its value', (text, value) => {
  expect(quoted(text)).toBe(value);
});

test('a list is in brackets', () => {
  expect(quotedList(['a', 'b"'])).toBe(String.raw`["a", "b\""]`);
  expect(quotedList([])).toBe('[]');
});
