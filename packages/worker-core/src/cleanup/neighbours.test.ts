import { expect, test } from '@jest/globals';
import { rules, selection } from '../testing/cleanup-graph.ts';

test('a neighbour stays unless it is gone or deleted as well', () => {
  const nodes = {
    policy: { kind: 'acme_policy' },
    marked: {},
    unmarked: { marked: false },
    guarded: { metadata: { protected: true } },
    cleaned: { metadata: { cleaned: true } },
    gone: { marked: false, metadata: { cleaned: true } },
  };
  const edges = Object.keys(nodes).map((id) => `${id} policy`);
  const given = rules({ acme_box: {}, acme_policy: { needs: ['acme_box'] } });

  const { candidates } = selection(nodes, edges, given);

  const neighbours = candidates.find(({ node }) => node.id === 'policy')?.neighbours ?? [];
  expect(Object.fromEntries(neighbours.map(({ nodeId, stays }) => [nodeId, stays]))).toEqual({
    marked: false,
    unmarked: true,
    guarded: true,
    cleaned: false,
    gone: false,
  });
});
