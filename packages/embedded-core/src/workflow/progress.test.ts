import { expect, test } from '@jest/globals';
import { ProgressTree } from './progress.ts';

test('a leaf is put below its step and path', () => {
  const tree = new ProgressTree('collect');

  tree.update('collect', { kind: 'progress', name: 'eu-1', path: ['acme', 'acc-1'], current: 1, total: 3 });

  expect(tree.toJson()).toEqual({
    kind: 'tree',
    name: 'collect',
    parts: [{ kind: 'progress', name: 'eu-1', path: ['collect', 'acme', 'acc-1'], current: 1, total: 3 }],
  });
});

test('a tree replaces what was at its place', () => {
  const tree = new ProgressTree('collect');
  tree.update('collect', { kind: 'progress', name: 'acme', current: 0, total: 1 });

  tree.update('collect', {
    kind: 'tree',
    name: 'acme',
    parts: [
      { kind: 'progress', name: 'acc.1', current: 0, total: 1 },
      { kind: 'progress', name: 'x', path: ['acc-2'], current: 1, total: 1 },
    ],
  });

  expect(tree.leaves()).toEqual([
    { name: 'acc.1', path: ['collect', 'acme'], current: 0, total: 1 },
    { name: 'x', path: ['collect', 'acme', 'acc-2'], current: 1, total: 1 },
  ]);
});

test('a leaf on the way becomes an inner node', () => {
  const tree = new ProgressTree('collect');
  tree.update('collect', { kind: 'progress', name: 'acme', current: 0, total: 1 });

  tree.update('collect', { kind: 'progress', name: 'acc-1', path: ['acme'], current: 1, total: 2 });

  expect(tree.leaves()).toEqual([{ name: 'acc-1', path: ['collect', 'acme'], current: 1, total: 2 }]);
});

test('children count equally in a percentage, whatever their totals', () => {
  const tree = new ProgressTree('collect');
  tree.update('collect', { kind: 'progress', name: 'small', current: 1, total: 1 });
  tree.update('collect', { kind: 'progress', name: 'large', current: 50, total: 100 });

  expect(tree.percentage()).toBe(75);
});

test('without progress nothing is done', () => {
  expect(new ProgressTree('collect').percentage()).toBe(0);
});

test.each([
  ['more than the total', { kind: 'progress', name: 'x', current: 2, total: 1 }],
  ['a total of zero', { kind: 'progress', name: 'x', current: 0, total: 0 }],
  ['a fraction', { kind: 'progress', name: 'x', current: 0.5, total: 1 }],
  ['no name', { kind: 'progress', current: 0, total: 1 }],
  ['a tree without parts', { kind: 'tree', name: 'x' }],
  ['an unknown kind', { kind: 'bar', name: 'x', current: 0, total: 1 }],
  ['a text', 'half'],
])('refuses %s', (_, progress) => {
  expect(() => new ProgressTree('collect').update('collect', progress)).toThrow(
    expect.objectContaining({ code: 'bad_request' }),
  );
});
