import { expect, test } from '@jest/globals';
import { progressJson, progressLeaf, progressMessages, progressTree } from './progress.ts';

test('a leaf never has numbers the core would refuse', () => {
  expect(progressLeaf('acme', 5, 3)).toMatchObject({ current: 3, total: 3 });
  expect(progressLeaf('acme', 0, 0)).toMatchObject({ current: 0, total: 1 });
  expect(progressLeaf('acme', Number.NaN, -1)).toMatchObject({ current: 0, total: 1 });
});

test('an empty path is left out', () => {
  expect(progressJson(progressLeaf('acme', 0, 1, []))).toEqual({
    kind: 'progress',
    name: 'acme',
    current: 0,
    total: 1,
  });
});

test('a tree without dots is sent as it is', () => {
  const tree = progressTree('acc-1', ['eu-1', 'eu-2'], ['acme']);

  expect(progressMessages(tree)).toEqual([tree]);
});

test('W25: a tree with a dot in a name is sent as leaves with their full path', () => {
  const tree = progressTree('acme', ['corp.example', 'acc-2']);

  expect(progressMessages(tree)).toEqual([
    progressLeaf('corp.example', 0, 1, ['acme']),
    progressLeaf('acc-2', 0, 1, ['acme']),
  ]);
});

test('W25: a tree whose parts have paths is sent as leaves, because the core would apply those twice', () => {
  const part = progressLeaf('eu-1', 1, 1, ['acc-1']);

  expect(progressMessages({ kind: 'tree', name: 'acme', parts: [part] })).toEqual([
    progressLeaf('eu-1', 1, 1, ['acme', 'acc-1']),
  ]);
});
