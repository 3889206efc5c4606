import { expect, test } from '@jest/globals';
import { resolvePlaceholders } from './placeholders.ts';

test.each([
  ['several names in one text', { a: '$(A)-$(B)' }, { a: '1-2' }],
  ['any depth', { a: { b: ['x', '$(A)'] } }, { a: { b: ['x', '1'] } }],
  ['replaced text only once', { a: '$(LOOP)' }, { a: '$(A)' }],
  ['no keys', { '$(A)': 'a' }, { '$(A)': 'a' }],
  ['only texts', { a: 1, b: null, c: true }, { a: 1, b: null, c: true }],
  ['no text that is half resolved', { a: '$(A)$(MISSING)', b: 'b' }, { b: 'b' }],
  ['no name that every object answers to', { a: '$(constructor)', b: '$(toString)' }, {}],
  ['no empty variable', { a: ['$(EMPTY)', 'x'] }, { a: ['x'] }],
])('placeholders: %s', (_title, document, expected) => {
  const environment = { A: '1', B: '2', LOOP: '$(A)', EMPTY: '' };

  expect(resolvePlaceholders(document, environment).document).toEqual(expected);
});

test('every unresolved name is reported with its place', () => {
  const { unresolved } = resolvePlaceholders({ aws: { keys: [{ id: '$(ID)' }, '$(KEY)'] } }, {});

  expect(unresolved).toEqual([
    { path: 'aws.keys[0].id', name: 'ID' },
    { path: 'aws.keys[1]', name: 'KEY' },
  ]);
});

test('every filled text is reported with the place it has once others were dropped', () => {
  const { filled } = resolvePlaceholders({ aws: { keys: ['$(MISSING)', '$(A)-$(B)', 'c'] } }, { A: '1', B: '2' });

  expect(filled).toEqual([{ path: 'aws.keys[0]', name: 'A' }]);
});
