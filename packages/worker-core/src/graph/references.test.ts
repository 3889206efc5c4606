import { afterEach, expect, test } from '@jest/globals';

import {
  acme,
  openGraph,
  readableEdges,
  readDeferredEdges,
  removeGraphs,
  type OpenGraph,
} from '../testing/acme-graph.ts';
import type { NodeRef } from './graph-sink.ts';
import { base } from '../kinds/base-kinds.ts';
import { kind, ref } from '../kinds/declare.ts';
import { searchCriteria } from './references.ts';

afterEach(removeGraphs);

interface Place {
  readonly graph: OpenGraph;
  readonly account: NodeRef;
  readonly near: NodeRef;
  readonly far: NodeRef;
}

function twoRegions(): Place {
  const graph = openGraph();
  const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
  const far = graph.add(acme.region, { reported: { id: 'far' }, parent: account });
  const near = graph.add(acme.region, { reported: { id: 'near' }, parent: account });
  return { graph, account, near, far };
}

async function edgesOf({ graph }: Place): Promise<string[]> {
  const structure = ['cloud → acc-1', 'acc-1 → far', 'acc-1 → near'];
  return readableEdges(await graph.finish()).filter((edge) => !structure.includes(edge));
}

test('a reference becomes the edges it declares, also when its target comes later and has a derived kind', async () => {
  const place = twoRegions();
  place.graph.add(acme.volume, {
    reported: { id: 'vol-1' },
    parent: place.near,
    answer: { instances: ['i-1', 'i-2'] },
  });
  for (const id of ['i-1', 'i-2']) place.graph.add(acme.instance, { reported: { id }, parent: place.near });

  expect(await edgesOf(place)).toEqual([
    'near → vol-1',
    'near → i-1',
    'near → i-2',
    'i-1 → vol-1',
    'i-2 → vol-1',
    'delete: vol-1 → i-1',
    'delete: vol-1 → i-2',
  ]);
});

test('a target in the own region is preferred to an earlier one elsewhere', async () => {
  const place = twoRegions();
  const names = [
    ['net-far', place.far],
    ['net-near', place.near],
    ['net-late', place.near],
  ] as const;
  for (const [id, parent] of names) place.graph.add(acme.network, { reported: { id, name: 'same' }, parent });
  place.graph.add(acme.volume, { reported: { id: 'vol-1' }, parent: place.near, answer: { network: 'same' } });

  expect(await edgesOf(place)).toContain('vol-1 → net-near');
});

test('without one in the own region the first of the account is the target', async () => {
  const place = twoRegions();
  const names = [
    ['net-1', place.far],
    ['net-2', place.far],
  ] as const;
  for (const [id, parent] of names) place.graph.add(acme.network, { reported: { id, name: 'same' }, parent });
  place.graph.add(acme.volume, { reported: { id: 'vol-1' }, parent: place.near, answer: { network: 'same' } });

  expect(await edgesOf(place)).toContain('vol-1 → net-1');
});

test('a reference without target is counted by the two kinds, with an example', async () => {
  const { graph, near } = twoRegions();
  for (const id of ['vol-1', 'vol-2']) {
    graph.add(acme.volume, { reported: { id }, parent: near, answer: { instances: ['gone'], network: 'gone' } });
  }

  const { problems } = await graph.finish();

  const problem = { code: 'open_reference', count: 2, examples: ['acme_volume vol-1'] };
  expect(problems).toEqual([
    { ...problem, subject: 'acme_volume → instance' },
    { ...problem, subject: 'acme_volume → acme_network' },
  ]);
});

test.each([null, undefined, '', {}, [null]])('%j refers to nothing', async (value) => {
  const { graph, near } = twoRegions();
  graph.add(acme.network, { reported: { id: 'net-1', name: '' }, parent: near });
  graph.add(acme.volume, { reported: { id: 'vol-1' }, parent: near, answer: { network: value } });

  const finished = await graph.finish();

  expect(finished).toMatchObject({ edges: 5, problems: [] });
});

test('numbers find the text of a property', async () => {
  const place = twoRegions();
  place.graph.add(acme.instance, { reported: { id: '42' }, parent: place.near });
  place.graph.add(acme.volume, { reported: { id: 'vol-1' }, parent: place.near, answer: { instances: 42 } });

  expect(await edgesOf(place)).toContain('42 → vol-1');
});

test('a value inside of a property can be referred to', async () => {
  const reference = ref('acme_volume', { by: 'notes[].net', from: 'net', delete: 'in' });
  const box = kind('acme_box', [base.resource], { pythonType: 'acme.Box', references: [reference] });
  const kinds = { ...acme, box };
  const graph = openGraph({}, kinds);
  const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
  graph.add(acme.volume, { reported: { id: 'vol-1', notes: [{ net: 'a' }, { net: 'b' }] }, parent: account });
  graph.add(box, { reported: { id: 'box-1' }, parent: account, answer: { net: 'b' } });

  expect(readableEdges(await graph.finish())).toContain('delete: vol-1 → box-1');
});

test('a carried node is found by what the core has of it', async () => {
  const place = twoRegions();
  const reported = { kind: 'acme_network', id: 'net-1', name: 'kept', tags: {} };
  const ancestors = { region: { reported: { id: 'near' } } };
  place.graph.carryNode({ type: 'node', id: '4zehE2EexxJxHwG4V0eBAA', reported, ancestors });
  place.graph.carryEdge(place.graph.nodeId(place.near), '4zehE2EexxJxHwG4V0eBAA');
  place.graph.add(acme.volume, { reported: { id: 'vol-1' }, parent: place.near, answer: { network: 'kept' } });

  expect(await edgesOf(place)).toContain('vol-1 → net-1');
});

test('an open reference to another account becomes a deferred edge', async () => {
  const { graph, near } = twoRegions();
  const answer = { owner: ['acc-2', 'acc-1'] };
  const volume = graph.add(acme.volume, { reported: { id: 'vol-1' }, parent: near, answer });

  const finished = await graph.finish();

  expect(readDeferredEdges(finished)).toEqual([
    {
      from_selector: { search_criteria: 'is(acme_account) and reported.id = "acc-2"' },
      to_selector: { node_id: graph.nodeId(volume) },
      edge_type: 'default',
    },
  ]);
  expect(finished).toMatchObject({ deferredEdges: 1, problems: [] });
  expect(readableEdges(finished)).toContain('acc-1 → vol-1');
});

test('quotes and backslashes of a value are escaped in a query', () => {
  expect(searchCriteria({ to: 'acme_account', by: 'name' }, String.raw`C:\ "x" 'y'`)).toBe(
    String.raw`is(acme_account) and reported.name = "C:\\ \"x\" 'y'"`,
  );
});
