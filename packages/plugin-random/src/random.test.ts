import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { shared } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';
import { collectForTest, modelJson, parseBody, pluginContract, type GraphLines } from '@resoto/worker-core/testing';

import { loadIds } from './ids.ts';
import { plugin } from './index.ts';
import { kinds } from './kinds.ts';

type Node = GraphLines['nodes'][number];

describe('plugin contract', () => {
  pluginContract(plugin, {
    test,
    package: new URL('../package.json', import.meta.url),
    config: { size: 0.5 },
    withoutPermissions: 'all',
  });
});

test('another seed draws another cloud', async () => {
  const [first, second] = await Promise.all([collect(1, 0.2), collect(2, 0.2)]);

  expect(first.body).not.toBe(second.body);
});

test('an account is the same alone and among others', async () => {
  const { jobs, lines } = await collect(3, 0.3);
  const [, job] = jobs;

  const alone = await collectForTest(plugin, { config: { seed: 3, size: 0.3 }, ...(job !== undefined && { job }) });

  const all = new Set(lines.nodes.map((node) => JSON.stringify(node)));
  expect(alone.lines.nodes.length).toBeGreaterThan(2);
  expect(alone.lines.nodes.filter((node) => !all.has(JSON.stringify(node)))).toEqual([]);
});

test('all volumes of a network have the status that was drawn for them', async () => {
  const { lines } = await collect(0, 0.5);

  const statuses = lines.nodes.filter(isA('random_volume')).map(({ reported }) => reported['volume_status']);
  expect(statuses.length).toBeGreaterThan(0);
  expect(statuses).not.toContain('unknown');
});

const reference = shared();
const goldens = ['seed0-size0.5-jitter0', 'seed3-size0.5-jitter1', 'seed4-size1-jitter2'];

describeWith('the reference', [reference], () => {
  test('has the same kinds, without display names', () => {
    const expected: unknown = JSON.parse(readFileSync(reference.path('reference/random/model-r39.json'), 'utf8'));

    const model = modelJson(kinds).filter(({ fqn }) => fqn.startsWith('random_'));

    const withoutNames = model.map((kind) => {
      if (!('metadata' in kind) || kind.metadata === null || kind.metadata === undefined) return kind;
      const { name: _, ...metadata } = kind.metadata;
      return { ...kind, metadata };
    });
    expect(withoutNames.toSorted((left, right) => (left.fqn < right.fqn ? -1 : 1))).toEqual(expected);
  });

  test.each(goldens)('gives the same ids to the same places: %s', async (name) => {
    const ids = await loadIds();
    const { nodes, edges } = golden(name);
    const places = new Places(nodes, edges);

    const accounts = nodes.filter(isA('random_account'));
    expect(accounts.map(({ reported }) => reported['id'])).toEqual(accounts.map((_, index) => ids.account(index)));
    for (const [kind, prefix] of Object.entries(prefixes)) {
      const found = nodes.filter(isA(kind));
      expect(found.map((node) => node.reported['id'])).toEqual(
        found.map((node) => ids.resource(prefix, places.path(node))),
      );
    }
  });

  test('has nodes of the same shape, and the same kinds of edges', async () => {
    const expected = goldens.map(golden);

    const drawn = await Promise.all([0, 1, 2, 3, 4].map(async (seed) => (await collect(seed, 1)).lines));

    expect(shapes(drawn)).toEqual(shapes(expected));
    expect(edgeKinds(drawn)).toEqual(edgeKinds(expected));
  });
});

function collect(seed: number, size: number) {
  return collectForTest(plugin, { config: { seed, size } });
}

function golden(name: string): GraphLines {
  return parseBody(readFileSync(reference.path(`reference/random/golden/r39/${name}.ndjson`), 'utf8'));
}

function isA(kind: string): (node: Node) => boolean {
  return ({ reported }) => reported['kind'] === kind;
}

const prefixes: Readonly<Record<string, string>> = {
  random_network: 'rndnet',
  random_load_balancer: 'rndlb',
  random_instance: 'rndi',
  random_volume: 'rndvol',
};

/** Where nodes stand in the tree that ids are made of. */
class Places {
  readonly #nodes: ReadonlyMap<string, Node>;
  readonly #parents = new Map<string, Node[]>();

  constructor(nodes: GraphLines['nodes'], edges: GraphLines['edges']) {
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    for (const { from, to } of edges) {
      const parent = this.#nodes.get(from);
      if (parent !== undefined) this.#parents.set(to, [...(this.#parents.get(to) ?? []), parent]);
    }
  }

  path(node: Node): string {
    const kind = text(node, 'kind');
    const parent = (above: string): string => {
      const found = this.#parents.get(node.id)?.find(isA(above));
      return found === undefined ? '' : this.path(found);
    };
    const number = text(node, 'name').split(' ').at(-1) ?? '';
    switch (kind) {
      case 'random_account':
        return text(node, 'id');
      case 'random_region':
        return `${parent('random_account')}/${text(node, 'id')}`;
      case 'random_network':
        return `${parent('random_region')}/rndnet-${number}`;
      case 'random_load_balancer':
        return `${parent('random_network')}/lb`;
      case 'random_instance':
        return `${parent('random_network')}/rndi-${number}`;
      default:
        return `${parent('random_instance')}/rndvol-${number}`;
    }
  }
}

function text({ reported }: Node, property: string): string {
  const value = reported[property];
  return typeof value === 'string' ? value : '';
}

/** Kind → its sections and properties with their types, as they come. */
function shapes(graphs: readonly GraphLines[]): Record<string, string[]> {
  const found: Record<string, Set<string>> = {};
  for (const node of graphs.flatMap(({ nodes }) => nodes)) {
    const shape = (found[text(node, 'kind')] ??= new Set());
    const { reported, metadata = {}, usage } = node;
    for (const [name, value] of Object.entries(reported)) shape.add(`${name}: ${typeof value}`);
    for (const name of Object.keys(metadata)) shape.add(`metadata.${name}`);
    shape.add(`usage: ${JSON.stringify(usage)}, python type: ${JSON.stringify(metadata['python_type'])}`);
  }
  return Object.fromEntries(Object.entries(found).map(([kind, shape]) => [kind, [...shape].toSorted()]));
}

function edgeKinds(graphs: readonly GraphLines[]): string[] {
  const found = new Set<string>();
  for (const { nodes, edges } of graphs) {
    const kindOf = new Map(nodes.map((node) => [node.id, text(node, 'kind')]));
    for (const { from, to, edge_type: type = 'default' } of edges) {
      found.add(`${kindOf.get(from)} ${type} ${kindOf.get(to)}`);
    }
  }
  return [...found].toSorted();
}
