import { afterEach, describe, expect, test } from '@jest/globals';

import { acme, openGraph, readableEdges, readNodes, removeGraphs, type OpenGraph } from '../testing/acme-graph.ts';
import type { NodeRow } from '../protocol/graph-line.ts';
import type { JsonObject } from '../protocol/json.ts';
import { nodeId } from '../protocol/node-id.ts';
import type { NodeRef } from './graph-sink.ts';

afterEach(removeGraphs);

function accountGraph(): { graph: OpenGraph; account: NodeRef } {
  const graph = openGraph();
  return { graph, account: graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud }) };
}

function row(kind: string, id: string, sections: Partial<NodeRow> = {}): NodeRow {
  const reported: JsonObject = { kind: `acme_${kind}`, id, name: id, tags: {}, ...sections.reported };
  return { type: 'node', ...sections, id: nodeIdOf(kind, id), reported };
}

function nodeIdOf(kind: string, id: string): string {
  return nodeId([`acme_${kind}`, 'acme', 'acc-1', 'undefined', 'undefined', id]);
}

describe('a carried node', () => {
  test('is sent again without what the core adds, and says that it was not seen', async () => {
    const { graph } = accountGraph();
    const stored = row('volume', 'vol-1', {
      reported: { volume_size: 9007199254740993n, age: '3d', ctime: '2020-01-01T00:00:00Z' },
      desired: { clean: true },
      metadata: {
        python_type: 'acme.volume',
        cleaned: false,
        phantom: false,
        protected: true,
        provider_link: 'https://acme.test',
        expires: '2030-01-01T00:00:00Z',
        replace: true,
      },
      usage: { io: { avg: 1.5 }, start: '2024-01-01T00:00:00Z', duration: '1h' },
      ancestors: { account: { reported: { id: 'acc-1', name: 'acc-1' } } },
    });

    expect(graph.carryNode(stored)).toBe(true);

    const finished = await graph.finish();
    expect(finished.carried).toBe(1);
    expect(readNodes(finished)[1]).toEqual({
      id: stored.id,
      reported: {
        kind: 'acme_volume',
        id: 'vol-1',
        name: 'vol-1',
        tags: {},
        volume_size: 9007199254740993n,
        ctime: '2020-01-01T00:00:00Z',
      },
      metadata: {
        python_type: 'acme.volume',
        cleaned: false,
        phantom: false,
        protected: true,
        provider_link: 'https://acme.test',
        carried: true,
        carried_since: '2024-03-01T10:00:00Z',
      },
      usage: { io: { avg: 1.5 } },
    });
  });

  test('keeps the time since when it is carried, and what is incomplete', async () => {
    const { graph } = accountGraph();
    const metadata = { carried: true, carried_since: '2024-02-01T00:00:00Z', incomplete: ['tags'] };
    graph.carryNode(row('volume', 'vol-1', { metadata }));

    const volume = readNodes(await graph.finish())[1];

    expect(volume?.metadata).toMatchObject(metadata);
  });

  test('gives way to the same node seen now', async () => {
    const { graph, account } = accountGraph();
    graph.add(acme.volume, { reported: { id: 'vol-1', name: 'new' }, parent: account });

    expect(graph.carryNode(row('volume', 'vol-1'))).toBe(false);

    const finished = await graph.finish();
    expect(readNodes(finished).map(({ reported }) => reported['name'])).toEqual(['acc-1', 'new']);
    expect(finished).toMatchObject({ carried: 0, problems: [] });
  });

  test('of a kind that is no more is left out and counted', async () => {
    const { graph } = accountGraph();

    expect(graph.carryNode(row('ghost', 'g-1'))).toBe(false);

    const { problems } = await graph.finish();
    expect(problems).toMatchObject([{ code: 'refused_node', subject: 'acme_ghost', count: 1 }]);
  });

  test('loses a property that has another type now', async () => {
    const { graph, account } = accountGraph();
    graph.carryNode(row('volume', 'vol-1', { reported: { volume_size: 'big' } }));
    graph.carryEdge(graph.nodeId(account), nodeIdOf('volume', 'vol-1'));

    const finished = await graph.finish();

    expect(readNodes(finished)[1]?.reported).not.toHaveProperty('volume_size');
    expect(finished.problems).toMatchObject([{ code: 'wrong_property', subject: 'acme_volume.volume_size' }]);
  });

  test('keeps its edges to what is here, and hangs where it hung', async () => {
    const { graph, account } = accountGraph();
    const network = graph.add(acme.network, { reported: { id: 'net-1' }, parent: account });
    graph.carryNode(row('instance', 'i-1'));
    graph.carryNode(row('volume', 'vol-1'));
    graph.carryEdge(graph.nodeId(network), nodeIdOf('instance', 'i-1'));
    graph.carryEdge(nodeIdOf('instance', 'i-1'), nodeIdOf('volume', 'vol-1'));
    graph.carryEdge(nodeIdOf('volume', 'vol-1'), nodeIdOf('instance', 'i-1'), 'delete');
    graph.carryEdge(nodeIdOf('volume', 'vol-1'), nodeIdOf('volume', 'gone'));

    const finished = await graph.finish();

    expect(readableEdges(finished)).toEqual([
      'cloud → acc-1',
      'acc-1 → net-1',
      'net-1 → i-1',
      'i-1 → vol-1',
      'delete: vol-1 → i-1',
    ]);
    expect(finished.problems).toMatchObject([{ code: 'unknown_end', subject: 'default edges', count: 1 }]);
  });

  test('that hangs on nothing is attached to the account, with what is below it', async () => {
    const { graph } = accountGraph();
    for (const id of ['c', 'b', 'a']) graph.carryNode(row('volume', id));
    graph.carryEdge(nodeIdOf('volume', 'a'), nodeIdOf('volume', 'b'));
    graph.carryEdge(nodeIdOf('volume', 'b'), nodeIdOf('volume', 'c'));

    const finished = await graph.finish();

    expect(readableEdges(finished)).toEqual(['cloud → acc-1', 'b → c', 'a → b', 'acc-1 → a']);
    expect(finished.problems).toEqual([
      { code: 'orphan', subject: 'acme_volume', count: 1, examples: ['acme_volume a'] },
    ]);
  });

  test('with an id that another client made up keeps it', async () => {
    const { graph, account } = accountGraph();
    const id = 'made "up"';
    graph.carryNode({ ...row('volume', 'vol-1'), id });
    graph.carryEdge(graph.nodeId(account), id);

    const finished = await graph.finish();

    expect(readNodes(finished)[1]?.id).toBe(id);
    expect(readableEdges(finished)).toEqual(['cloud → acc-1', 'acc-1 → vol-1']);
  });
});

test('a whole account is carried with its own node, which keeps the time it was seen', async () => {
  const graph = openGraph();
  const account = nodeIdOf('account', 'acc-1');
  graph.carryNode(row('account', 'acc-1', { metadata: { exported_at: '2024-02-01T00:00:00Z' } }));
  graph.carryNode(row('volume', 'vol-1'));
  graph.carryEdge(graph.nodeId(graph.cloud), account);
  graph.carryEdge(account, nodeIdOf('volume', 'vol-1'));

  const finished = await graph.finish();

  expect(finished).toMatchObject({ account, nodes: 2, carried: 2, problems: [] });
  expect(readNodes(finished)[0]?.metadata).toMatchObject({
    replace: true,
    exported_at: '2024-02-01T00:00:00Z',
    carried_since: '2024-03-01T10:00:00Z',
  });
  expect(readableEdges(finished)).toEqual(['cloud → acc-1', 'acc-1 → vol-1']);
});
