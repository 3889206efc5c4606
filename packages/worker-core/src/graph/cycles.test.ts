import { expect, test } from '@jest/globals';

import { breakCycles } from './cycles.ts';
import { EdgeTable } from './edge-table.ts';
import { none, uint32List } from './number-list.ts';

/** Edges in the order given; `parents[i]` is the parent of node i, if these are edges that come from parents too. */
function tableOf(edges: readonly (readonly [number, number])[], parents?: readonly number[]): EdgeTable {
  const list = uint32List();
  for (const _ of parents ?? []) list.push(none);
  const table = new EdgeTable(parents && list);
  for (const [node, parent] of (parents ?? []).entries()) if (parent !== none) table.setParent(node, parent);
  for (const [from, to] of edges) table.add(from, to);
  return table;
}

function brokenIn(table: EdgeTable, nodes: number): string[] {
  const broken: string[] = [];
  breakCycles(table, nodes, (cycle) => broken.push(`${cycle.nodes.join(' ')}: ${cycle.from} → ${cycle.to}`));
  return broken;
}

test('a graph without cycle stays as it is', () => {
  const table = tableOf([
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
    [4, 0],
  ]);

  expect(brokenIn(table, 5)).toEqual([]);
  expect(table.size).toBe(5);
});

test('of a cycle goes the edge that came last', () => {
  const table = tableOf([
    [2, 0],
    [0, 1],
    [1, 2],
  ]);

  expect(brokenIn(table, 3)).toEqual(['0 1 2: 1 → 2']);
  expect(table.size).toBe(2);
});

test('an edge in the middle of the way may be the last one, and what it led to is walked again', () => {
  const table = tableOf([
    [1, 2],
    [2, 0],
    [3, 1],
    [2, 3],
    [0, 1],
  ]);

  expect(brokenIn(table, 4)).toEqual(['0 1 2: 0 → 1', '1 2 3: 2 → 3']);
  expect(table.size).toBe(3);
});

test('edges from parents stay, also when the others came first', () => {
  const table = tableOf(
    [
      [0, 2],
      [2, 1],
    ],
    [none, 0, 1],
  );

  expect(brokenIn(table, 3)).toEqual(['1 2: 2 → 1']);
  expect(brokenIn(table, 3)).toEqual([]);
});

test('an edge from a parent stays, also when it closes the cycle', () => {
  const edges = [
    [1, 4],
    [4, 2],
  ] as const;
  const table = tableOf(edges, [none, 0, 0, 2, 3]);

  expect(brokenIn(table, 5)).toEqual(['4 2 3: 4 → 2']);
  expect(table.size).toBe(5);
});

test('two cycles over one edge take two edges when that one has to stay', () => {
  const table = tableOf(
    [
      [2, 1],
      [2, 3],
      [3, 1],
    ],
    [none, 0, 1],
  );

  expect(brokenIn(table, 4)).toHaveLength(2);
  expect(brokenIn(table, 4)).toEqual([]);
});

test('a way deeper than the call stack is walked', () => {
  const nodes = 200_000;
  const table = tableOf(Array.from({ length: nodes }, (_, node) => [node, (node + 1) % nodes] as const));

  expect(brokenIn(table, nodes)).toHaveLength(1);
  expect(table.size).toBe(nodes - 1);
});
