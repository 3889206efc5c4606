import { expect, test } from '@jest/globals';
import { rules, selection, type TestNode } from '../testing/cleanup-graph.ts';
import { makePlan } from './plan.ts';

const policy: TestNode = { kind: 'acme_policy', marked: true };
const given = rules({
  acme_box: { takes: [{ kind: 'acme_disk' }] },
  acme_disk: {},
  acme_policy: { needs: ['acme_box'] },
});

test('a neighbour stays unless it is gone or deleted as well', () => {
  const nodes = {
    policy,
    marked: {},
    unmarked: { marked: false },
    guarded: { metadata: { protected: true } },
    cleaned: { metadata: { cleaned: true } },
    gone: { marked: false, metadata: { cleaned: true } },
  };
  const edges = Object.keys(nodes).map((id) => `${id} policy`);

  expect(staying(nodes, edges)).toEqual({
    marked: false,
    unmarked: true,
    guarded: true,
    cleaned: false,
    gone: false,
  });
});

test('a neighbour stays that would take something with it that may not go, that is held back, or part of a cycle', () => {
  const nodes = {
    policy,
    taker: {},
    disk: { kind: 'acme_disk', marked: false, metadata: { protected: true } },
    held: {},
    ring: {},
    other: {},
    free: {},
  };
  const tied = ['taker', 'held', 'ring', 'free'].map((id) => `${id} policy`);

  expect(staying(nodes, [...tied, 'taker disk default', 'held taker', 'ring other', 'other ring'])).toEqual({
    taker: true,
    held: true,
    ring: true,
    free: false,
  });
});

function staying(nodes: Readonly<Record<string, TestNode>>, edges: readonly string[]): Record<string, boolean> {
  const plan = makePlan(selection(nodes, edges, given), given.clouds);
  const neighbours = plan.nodes.find(({ node }) => node.id === 'policy')?.resource.neighbours ?? [];
  return Object.fromEntries(neighbours.map(({ nodeId, stays }) => [nodeId, stays]));
}
