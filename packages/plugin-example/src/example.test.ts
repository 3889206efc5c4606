import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import { shared } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';
import { PermissionError, ThrottledError, type Plugin } from '@resoto/worker-core/plugin';
import {
  collectForTest,
  modelJson,
  parseBody,
  type GraphLines,
  type TestCollectOptions,
} from '@resoto/worker-core/testing';

import { openClient, type ExampleClient } from './client.ts';
import { exampleCollector } from './collector.ts';
import { plugin } from './index.ts';
import { customResource, kinds, volume } from './kinds.ts';

const reference = shared();

describeWith('the reference', [reference], () => {
  test('uploads the same graph, apart from times', async () => {
    const expected = parseBody(readFileSync(reference.path('reference/example/golden/r39/example.ndjson'), 'utf8'));

    const { lines } = await collectForTest(plugin);

    expect(comparable(lines)).toEqual(comparable(expected));
  });

  test('has the same kinds, without display names and without what follows from references', () => {
    const expected = readModel(reference.path('reference/example/model-r39.json'));

    const model = modelJson(kinds).filter(({ fqn }) => fqn.startsWith('example_'));

    const withoutName = model.map((kind) => {
      if (!('metadata' in kind)) return kind;
      const { name: _, ...metadata } = kind.metadata ?? {};
      return { ...kind, successor_kinds: null, metadata: kind.metadata === null ? null : metadata };
    });
    expect(byName(withoutName)).toEqual(byName(expected));
  });
});

test('a tag of the generation overrides the time of creation', async () => {
  const { lines } = await collectForTest(plugin, { generation: 'fix' });

  expect(find(lines, 'someInstance2')?.reported).toMatchObject({
    ctime: '2019-09-05T10:40:11Z',
    tags: { 'fix:ctime': '2019-09-05T10:40:11+00:00' },
  });
});

test('a denied list makes its scope incomplete and nothing else', async () => {
  const { lines, outcome } = await collect((client) => ({
    ...client,
    list: (type, region) => (type === 'volumes' && region === 'us-west' ? denied() : client.list(type, region)),
  }));

  expect(outcome.scopes.filter((scope) => scope.outcome !== 'complete')).toMatchObject([
    { kinds: [volume.fqn], region: { id: 'us-west' }, outcome: 'denied' },
  ]);
  expect(find(lines, 'someVolume1')).toBeUndefined();
  expect(find(lines, 'someVolume2')).toBeDefined();
});

test('an account whose regions cannot be listed fails, so that none of it looks deleted', async () => {
  const collected = collect((client) => ({
    ...client,
    list: (type, region) => (type === 'regions' ? denied() : client.list(type, region)),
  }));

  await expect(collected).rejects.toMatchObject({ code: 'missing_permission' });
});

test('a resource whose details cannot be read says what is missing', async () => {
  const { lines, outcome } = await collect((client) => ({
    ...client,
    details: () => Promise.reject(new ThrottledError('GetDetails was throttled')),
  }));

  expect(find(lines, 'someExampleResource')?.metadata).toMatchObject({ incomplete: customResource.own });
  expect(outcome.scopes.find((scope) => scope.kinds[0] === customResource.fqn)).toMatchObject({
    outcome: 'complete',
    incomplete: [{ outcome: 'throttled', count: 1 }],
  });
});

/** Collects with a client that behaves differently. */
function collect(change: (client: ExampleClient) => ExampleClient, options: TestCollectOptions = {}) {
  const changed: Plugin = {
    name: 'example',
    collectors: [
      {
        cloud: 'example',
        load: async () => exampleCollector((context) => change(openClient(context))),
      },
    ],
  };
  return collectForTest(changed, options);
}

function find({ nodes }: GraphLines, id: string) {
  return nodes.find(({ reported }) => reported['id'] === id);
}

/** Lines in a fixed order, with the times of the run taken out. */
function comparable({ nodes, edges, deferredEdges }: GraphLines): unknown {
  const text = JSON.stringify({
    nodes: nodes.toSorted((left, right) => (left.id < right.id ? -1 : 1)),
    edges: edges.map(({ from, to, edge_type: type = 'default' }) => `${from} ${type} ${to}`).toSorted(),
    deferredEdges,
  });
  return JSON.parse(text.replaceAll(/"(exported_at|ctime|mtime|atime)":"20[2-9][^"]*"/g, '"$1":"now"'));
}

function readModel(path: string): readonly { readonly fqn: string }[] {
  const model: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return model as readonly { readonly fqn: string }[];
}

function byName(model: readonly { readonly fqn: string }[]) {
  return model.toSorted((left, right) => (left.fqn < right.fqn ? -1 : 1));
}

async function* denied(): AsyncGenerator<never> {
  yield await Promise.reject(new PermissionError({ call: 'List', permission: 'example:List' }));
}
