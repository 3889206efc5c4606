import { expect, test } from '@jest/globals';
import type { EdgeType, GraphRow, Selector } from '../protocol/graph-line.ts';
import { carryOverScopes } from './carry-over.ts';
import type { ScopeReport } from './report.ts';

type DeferredEdge = [from: Selector, to: Selector, type?: EdgeType];

const input = {
  cloud: 'acme',
  account: { id: '1', name: 'one', data: {} },
  core: { uri: 'http://localhost', psk: undefined, graph: 'resoto', trust: {} },
  carryOverMaxAge: 3600,
  exportedAt: '2024-03-01T10:00:00Z',
};

const denied = (region: { readonly id: string; readonly name: string }): ScopeReport => ({
  kinds: ['acme_box'],
  region,
  outcome: 'denied',
  incomplete: [],
});

function box(
  id: string,
  region: { readonly id: string; readonly name: string },
  metadata = {},
  account = '1',
): GraphRow {
  const owners = { cloud: { id: 'acme' }, account: { id: account }, region };
  const ancestors = Object.fromEntries(Object.entries(owners).map(([owner, reported]) => [owner, { reported }]));
  return { id, type: 'node', reported: { kind: 'acme_box', id }, metadata, ancestors };
}

async function carry(rows: readonly GraphRow[], scopes: readonly ScopeReport[]) {
  const nodes: string[] = [];
  const core = {
    async *searchGraph() {
      yield* rows;
    },
  };
  const edges: string[] = [];
  const deferred: DeferredEdge[] = [];
  const graph = {
    carryNode: ({ id }: { readonly id: string }) => nodes.push(id) > 0,
    carryEdge: (from: string, to: string, type?: string) => edges.push([from, type, to].join(' ')),
    deferredEdge: (...edge: DeferredEdge) => deferred.push(edge),
  };
  const result = await carryOverScopes(core, graph, input, scopes, new AbortController().signal);
  return { nodes, edges, deferred, result };
}

test('a lost scope of the global region keeps nothing of the region with the same id', async () => {
  const [global, real] = [
    { id: 'us-1', name: 'global' },
    { id: 'us-1', name: 'us-1' },
  ];

  const { nodes } = await carry([box('a', global), box('b', real)], [denied(global)]);

  expect(nodes).toEqual(['a']);
});

test('nodes that were kept for too long are counted', async () => {
  const region = { id: 'us-1', name: 'us-1' };
  const old = { carried: true, carried_since: '2024-03-01T08:00:00Z' };

  const { nodes, result } = await carry([box('a', region, old), box('b', region)], [denied(region)]);

  expect(nodes).toEqual(['b']);
  expect(result).toEqual({ carried: 1, expired: 1 });
});

test('an edge to another account is told to the core again', async () => {
  const region = { id: 'eu', name: 'eu' };
  const rows: GraphRow[] = [
    box('a', region),
    box('b', region),
    box('far', region, {}, '2'),
    { type: 'edge', from: 'a', to: 'b', edge_type: 'default' },
    { type: 'edge', from: 'a', to: 'far', edge_type: 'delete' },
  ];

  const { edges, deferred } = await carry(rows, [denied(region)]);

  expect(edges).toEqual(['a default b']);
  expect(deferred).toEqual([[{ node_id: 'a' }, { node_id: 'far' }, 'delete']]);
});
