import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, expect, test } from '@jest/globals';

import { acme, openGraph, readNodes, removeGraphs, type OpenGraph } from '../testing/acme-graph.ts';
import type { JsonObject } from '../protocol/json.ts';

afterEach(removeGraphs);

function graphWithHeld(count: number): OpenGraph {
  const graph = openGraph();
  const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
  for (let number = 0; number < count; number += 1) {
    const reported = { id: `vol-${number}`, volume_size: 0, size_bytes: 2n ** 60n + 1n };
    graph.add(acme.volume, { reported, parent: account, missing: ['volume_size', 'volume_type'] });
  }
  return graph;
}

test('a node with missing properties gets the values the core has, and says what it could not read', async () => {
  const graph = graphWithHeld(2);
  const stored = { volume_size: 7, volume_type: 'ssd', name: 'another' };

  await graph.resolveHeld(async ([first = '']) => new Map([[first, stored]]));

  const [, known, unknown] = readNodes(await graph.finish());
  const all = { tags: {}, size_bytes: 2n ** 60n + 1n, kind: 'acme_volume' };
  expect(known?.reported).toEqual({ ...all, id: 'vol-0', name: 'vol-0', volume_size: 7, volume_type: 'ssd' });
  expect(unknown?.reported).toEqual({ ...all, id: 'vol-1', name: 'vol-1', volume_size: 0 });
  expect(known?.metadata).toMatchObject({ incomplete: ['volume_size', 'volume_type'] });
  expect(unknown?.metadata).toMatchObject({ incomplete: ['volume_size', 'volume_type'] });
});

test('stored values are asked for 500 nodes at a time', async () => {
  const graph = graphWithHeld(1001);
  const batches: number[] = [];

  expect(graph.held).toBe(1001);
  await graph.resolveHeld(async (ids) => {
    batches.push(ids.length);
    return new Map<string, JsonObject>();
  });

  expect(batches).toEqual([500, 500, 1]);
  expect(graph.held).toBe(0);
  expect(existsSync(join(graph.directory, 'held.ndjson'))).toBe(false);
  expect((await graph.finish()).nodes).toBe(1002);
});

test('a stored value of another type is left out like any other', async () => {
  const graph = graphWithHeld(1);

  await graph.resolveHeld(async ([id = '']) => new Map([[id, { volume_size: 'big' }]]));

  const finished = await graph.finish();
  expect(readNodes(finished)[1]?.reported).not.toHaveProperty('volume_size');
  expect(finished.problems).toMatchObject([{ code: 'wrong_property', subject: 'acme_volume.volume_size' }]);
});

test('nodes that were never resolved are written as they are', async () => {
  const finished = await graphWithHeld(3).finish();

  expect(readNodes(finished).map(({ reported }) => reported['id'])).toEqual(['acc-1', 'vol-0', 'vol-1', 'vol-2']);
});

test('a node that was held is named in messages like any other', async () => {
  const graph = openGraph();
  const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
  const missing = ['volume_size'];
  const held = graph.add(acme.volume, { reported: { id: 'vol-1', name: 'held' }, parent: account, missing });
  graph.add(acme.volume, { reported: { id: 'vol-2' }, parent: account });
  graph.edge(held, held);

  const { problems } = await graph.finish();

  expect(problems).toMatchObject([{ examples: ['acme_volume held (vol-1) → acme_volume held (vol-1)'] }]);
});

test('a graph whose stored values could not be read has no result', async () => {
  const graph = graphWithHeld(1);
  const failure = Object.assign(new Error('away'), { code: 'core_unreachable' });

  await expect(graph.resolveHeld(() => Promise.reject(failure))).rejects.toBe(failure);

  await expect(graph.finish()).rejects.toMatchObject({ code: 'core_unreachable', message: 'away' });
});
