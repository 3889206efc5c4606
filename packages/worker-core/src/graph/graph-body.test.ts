import { rmSync } from 'node:fs';

import { afterEach, describe, expect, test } from '@jest/globals';

import { acme, acmeKinds, openGraph, removeGraphs } from '../testing/acme-graph.ts';
import type { FinishedGraph } from './finished-graph.ts';
import { graphBody } from './graph-body.ts';
import type { GraphHeader } from './header.ts';

afterEach(removeGraphs);

const header: GraphHeader = { cloud: { id: 'acme', name: 'acme' }, generation: 'resoto', mergeKind: 'account' };

async function accountOf(id: string): Promise<FinishedGraph> {
  const graph = openGraph();
  const account = graph.add(acme.account, { reported: { id }, parent: graph.cloud });
  graph.add(acme.network, { reported: { id: `net-of-${id}` }, parent: account });
  graph.deferredEdge(graph.selector(account), { search_criteria: 'is(acme_queue)' });
  return graph.finish();
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe('the body of an upload', () => {
  test('begins with graph root and cloud, as the reference worker writes them', async () => {
    const example = { ...header, cloud: { id: 'example', name: 'example' } };
    const root = '{"python_type":"resotolib.baseresources.GraphRoot","cleaned":false,"phantom":true,"protected":false}';
    const cloud = '{"python_type":"resotolib.baseresources.Cloud","cleaned":false,"phantom":false,"protected":false}';

    expect(await textOf(graphBody(example, []).open())).toBe(
      `{"id":"jhGgCglHlbuWRQy1l0y_FA","reported":{"id":"root","tags":{},"name":"root","kind":"graph_root"},"metadata":${root},"usage":{}}\n` +
        `{"id":"ZHoSnFpbxxILQHKBxsvVwA","reported":{"id":"example","tags":{},"name":"example","kind":"cloud"},"metadata":${cloud},"usage":{}}\n` +
        '{"from":"jhGgCglHlbuWRQy1l0y_FA","to":"ZHoSnFpbxxILQHKBxsvVwA"}\n',
    );
  });

  test('marks the cloud for a merge of all of it, and keeps its flags', async () => {
    const body = graphBody({ ...header, mergeKind: 'cloud', generation: 'fix', flags: { protected: true } }, []);

    const [root = '', cloud = ''] = (await textOf(body.open())).split('\n');

    const categories = ['management'];
    expect(JSON.parse(root)).not.toHaveProperty('usage');
    const rootType = 'fixlib.baseresources.GraphRoot';
    expect(JSON.parse(root)).toHaveProperty('metadata', { python_type: rootType, categories });
    expect(JSON.parse(cloud)).toHaveProperty('metadata', {
      python_type: 'fixlib.baseresources.Cloud',
      protected: true,
      categories,
      replace: true,
    });
  });

  test('has all nodes, then all edges, then all deferred edges of its accounts', async () => {
    const graphs = [await accountOf('acc-1'), await accountOf('acc-2')];
    const body = graphBody({ ...header, mergeKind: 'cloud' }, graphs);

    const text = await textOf(body.open());

    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => /^\{"(\w+)"/.exec(line)?.[1]);
    const times = (count: number, name: string): string[] => Array.from({ length: count }, () => name);
    expect(lines).toEqual([...times(6, 'id'), ...times(5, 'from'), ...times(2, 'from_selector')]);
    expect(body).toMatchObject({ nodes: 6, edges: 5, deferredEdges: 2, bytes: Buffer.byteLength(text) });
  });

  test('can be read again for a second attempt, also after a first one that broke off', async () => {
    const body = graphBody(header, [await accountOf('acc-1')]);
    for await (const _ of body.open()) break;

    expect(await textOf(body.open())).toBe(await textOf(body.open()));
  });

  test('ends with an error when a file is gone', async () => {
    const graph = await accountOf('acc-1');
    const body = graphBody(header, [graph]);
    rmSync(graph.files.edges);

    await expect(textOf(body.open())).rejects.toMatchObject({
      code: 'spool_failed',
      message: expect.stringContaining('edges.ndjson'),
    });
  });

  test('hangs the kinds of the fix generation below its own cloud', async () => {
    const kinds = acmeKinds('fix');
    const graph = openGraph({ generation: 'fix' }, kinds);
    graph.add(kinds.account, { reported: { id: 'acc-1' }, parent: graph.cloud });

    const body = graphBody({ ...header, generation: 'fix' }, [await graph.finish()]);

    expect((await textOf(body.open())).match(/"from":"[^"]+","to":"[^"]+"/g)).toHaveLength(2);
  });
});
