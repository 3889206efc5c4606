import { existsSync, readFileSync, statSync } from 'node:fs';

import { afterEach, describe, expect, test } from '@jest/globals';

import { acme, acmeKinds, openGraph, readableEdges, readNodes, removeGraphs } from '../testing/acme-graph.ts';
import { baseKinds } from '../kinds/base-generations.ts';
import { base } from '../kinds/base-kinds.ts';
import { kind } from '../kinds/declare.ts';
import { KindRegistry } from '../kinds/registry.ts';
import type { NodeKind } from '../kinds/types.ts';
import type { Generation } from '../protocol/generation.ts';
import type { JsonValue } from '../protocol/json.ts';
import { nodeId } from '../protocol/node-id.ts';
import { problemText } from './problems.ts';

afterEach(removeGraphs);

describe('the line of a node', () => {
  test('has the sections of the resoto generation', async () => {
    const graph = openGraph();
    graph.add(acme.account, { reported: { id: 'acc-1', name: 'Account' }, parent: graph.cloud });

    const finished = await graph.finish();

    const owners = ['acme', 'acc-1', 'undefined', 'undefined'];
    expect(readFileSync(finished.files.nodes, 'utf8')).toBe(
      `{"id":"${nodeId(['acme_account', ...owners, 'acc-1'])}",` +
        '"reported":{"id":"acc-1","name":"Account","tags":{},"kind":"acme_account"},' +
        '"metadata":{"python_type":"acme.account","cleaned":false,"phantom":false,"protected":false,' +
        '"replace":true,"exported_at":"2024-03-01T10:00:00Z"},"usage":{}}\n',
    );
  });

  test('has only what is true in the fix generation', async () => {
    const kinds = acmeKinds('fix');
    const graph = openGraph({ generation: 'fix' }, kinds);
    const account = graph.add(kinds.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    graph.add(kinds.volume, { reported: { id: 'vol-1' }, parent: account, usage: { io: { avg: 1.5, max: NaN } } });

    const [accountLine, volume] = readNodes(await graph.finish());

    expect(accountLine?.metadata).toEqual({
      python_type: 'acme.account',
      categories: [],
      replace: true,
      exported_at: '2024-03-01T10:00:00Z',
    });
    expect(accountLine).not.toHaveProperty('usage');
    expect(volume?.usage).toEqual({ io: { avg: 1.5 } });
  });

  test.each<[Generation, string]>([
    ['resoto', 'resoto_plugin_acme.Account'],
    ['fix', 'fix_plugin_acme.Account'],
  ])('has the class path that the reference worker of the %s generation knows', async (generation, pythonType) => {
    const account = kind('acme_account', [base.account], { pythonType: 'resoto_plugin_acme.Account' });
    const graph = openGraph({ generation, registry: new KindRegistry([...baseKinds('resoto'), account]) });
    graph.add(account, { reported: { id: 'acc-1' }, parent: graph.cloud });

    const [line] = readNodes(await graph.finish());

    expect(line?.metadata).toHaveProperty('python_type', pythonType);
  });

  test('has the free metadata of the collector, but not in place of what the worker says', async () => {
    const graph = openGraph();
    const metadata = { provider_link: 'https://acme.test/acc-1', replace: true, phantom: true, note: null };
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    graph.add(acme.network, { reported: { id: 'net-1' }, parent: account, metadata });

    const network = readNodes(await graph.finish())[1];

    expect(network?.metadata).toEqual({
      python_type: 'acme.network',
      cleaned: false,
      phantom: false,
      protected: false,
      provider_link: 'https://acme.test/acc-1',
    });
  });

  test('keeps flags that were set at the core', async () => {
    const id = nodeId(['acme_account', 'acme', 'acc-1', 'undefined', 'undefined', 'acc-1']);
    const graph = openGraph({ flags: new Map([[id, { protected: true, cleaned: true }]]) });
    graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });

    const [account] = readNodes(await graph.finish());

    expect(account?.metadata).toMatchObject({ protected: true, cleaned: true });
  });

  test('takes the time of creation from the tag for it, when that is a time', async () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const ctime = '2020-01-01T00:00:00Z';
    for (const tag of ['2019-09-05T10:40:11+02:00', 'yesterday']) {
      graph.add(acme.network, { reported: { id: tag, ctime, tags: { 'resoto:ctime': tag } }, parent: account });
    }

    const [, valid, invalid] = readNodes(await graph.finish());

    expect(valid?.reported['ctime']).toBe('2019-09-05T08:40:11Z');
    expect(invalid?.reported['ctime']).toBe(ctime);
  });

  test('reports a tag without value as empty text and keeps the digits of long integers (no. 20, W28)', async () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const reported = { id: 'vol-1', tags: { empty: null }, size_bytes: 2n ** 63n - 1n };
    graph.add(acme.volume, { reported, parent: account });

    const finished = await graph.finish();

    expect(readNodes(finished)[1]?.reported['tags']).toEqual({ empty: '' });
    expect(readFileSync(finished.files.nodes, 'utf8')).toContain('"size_bytes":9223372036854775807');
  });

  test('has no mark to replace below an account when the whole cloud is replaced', async () => {
    const graph = openGraph({ mergeKind: 'cloud' });
    graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });

    const [account] = readNodes(await graph.finish());

    expect(account?.metadata).not.toHaveProperty('replace');
    expect(account?.metadata).toHaveProperty('exported_at');
  });
});

describe('the identity of a node', () => {
  test.each<[string, NodeKind, Record<string, unknown>, (string | null)[]]>([
    ['follows from the owners', acme.instance, { id: 'i-1' }, ['eu-1', 'eu-1a', 'i-1']],
    ['has the name of a region', acme.region, { id: 'us-1', name: 'US' }, ['us-1', 'eu-1a', 'us-1', 'US']],
    ['has the name of a region without one', acme.region, { id: 'us-1' }, ['us-1', 'eu-1a', 'us-1', 'us-1']],
    ['has what the kind adds', acme.queue, { id: 'q', arn: 'arn:q', url: 'u' }, ['eu-1', 'eu-1a', 'q', 'arn:q']],
    ['has not what the kind adds when it is not there', acme.queue, { id: 'q' }, ['eu-1', 'eu-1a', 'q']],
    [
      'has the type of a set of records',
      acme.recordSet,
      { id: 'r', name: 'n', record_type: 'a' },
      ['eu-1', 'eu-1a', 'undefined', 'r', 'n', 'A'],
    ],
    [
      'has an empty place for a set of records without type',
      acme.recordSet,
      { id: 'r', name: 'n' },
      ['eu-1', 'eu-1a', 'undefined', 'r', 'n', null],
    ],
    [
      'has type and data of a record',
      acme.record,
      { id: 'r', name: 'n', record_type: 'a', record_data: '192.0.2.7' },
      ['eu-1', 'eu-1a', 'undefined', 'r', 'n', 'A', '192.0.2.7'],
    ],
  ])('%s', (_title, kind, reported, keys) => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const region = graph.add(acme.region, { reported: { id: 'eu-1', name: 'EU' }, parent: account });
    const zone = graph.add(acme.zone, { reported: { id: 'eu-1a' }, parent: region });

    const node = graph.add(kind, { reported, parent: zone });

    expect(graph.nodeId(node)).toBe(nodeId([kind.fqn, 'acme', 'acc-1', ...keys]));
  });

  test('follows from explicit owners rather than from the parent (no. 30)', () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const region = graph.add(acme.region, { reported: { id: 'eu-1' }, parent: account });

    const owners = { account: null, region: 'us-1' };
    const node = graph.add(acme.instance, { reported: { id: 'i-1' }, parent: region, owners });
    const child = graph.add(acme.volume, { reported: { id: 'v-1' }, parent: node });

    expect(graph.nodeId(node)).toBe(nodeId(['acme_instance', 'acme', 'undefined', 'us-1', 'undefined', 'i-1']));
    expect(graph.nodeId(child)).toBe(nodeId(['acme_volume', 'acme', 'undefined', 'us-1', 'undefined', 'v-1']));
  });

  test('has the zone of a record', () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const zone = graph.add(acme.dnsZone, { reported: { id: 'example.org' }, parent: account });

    const record = graph.add(acme.recordSet, { reported: { id: 'r', record_type: 'mx' }, parent: zone });

    const keys = ['acme', 'acc-1', 'undefined', 'undefined', 'example.org', 'r', 'r', 'MX'];
    expect(graph.nodeId(record)).toBe(nodeId(['acme_record_set', ...keys]));
  });

  test('is the reference worker’s for the cloud', () => {
    const graph = openGraph({ cloud: { id: 'example', name: 'example' } });

    expect(graph.nodeId(graph.cloud)).toBe('ZHoSnFpbxxILQHKBxsvVwA');
    expect(graph.selector(graph.cloud)).toEqual({ node_id: 'ZHoSnFpbxxILQHKBxsvVwA' });
  });
});

describe('what cannot be taken as it is', () => {
  test('is left out property by property, and counted with an example (no. 14, W12)', async () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    for (const id of ['vol-1', 'vol-2']) {
      graph.add(acme.volume, { reported: { id, volume_size: 'big', colour: 'red' }, parent: account });
    }

    const finished = await graph.finish();

    expect(readNodes(finished)[1]?.reported).toEqual({ id: 'vol-1', name: 'vol-1', tags: {}, kind: 'acme_volume' });
    expect(finished.problems).toEqual([
      {
        code: 'wrong_property',
        subject: 'acme_volume.volume_size',
        count: 2,
        examples: ['volume_size of vol-1 (int64): "big"'],
      },
      {
        code: 'wrong_property',
        subject: 'acme_volume.colour',
        count: 2,
        examples: ['colour of vol-1 (no such property): "red"'],
      },
    ]);
  });

  test('is left out when a base kind of the generation does not know its value', async () => {
    const database = kind('acme_database', [base.database], { pythonType: 'acme.Database' });
    const registry = new KindRegistry([...baseKinds('resoto'), ...Object.values(acme), database]);
    const statuses = async (generation: Generation) => {
      const graph = openGraph({ generation, registry });
      const parent = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
      for (const db_status of ['available', 'backing-up'])
        graph.add(database, { reported: { id: db_status, db_status }, parent });
      return readNodes(await graph.finish())
        .slice(1)
        .map(({ reported }) => reported['db_status']);
    };

    expect(await statuses('resoto')).toEqual(['available', 'backing-up']);
    expect(await statuses('fix')).toEqual(['available', undefined]);
  });

  test('a node without id leaves its children to its parent (no. 14, W12)', async () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const nameless = graph.add(acme.network, { reported: { name: 'lost' }, parent: account });
    graph.add(acme.instance, { reported: { id: 'i-1' }, parent: nameless });

    const finished = await graph.finish();

    expect(readableEdges(finished)).toEqual(['cloud → acc-1', 'acc-1 → i-1']);
    expect(finished.problems).toEqual([
      { code: 'refused_node', subject: 'acme_network', count: 1, examples: ['without id, below acme_account acc-1'] },
    ]);
  });

  test('a node of a kind the collector does not declare is refused', async () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    graph.add(acmeKinds('resoto').network, { reported: { id: 'net-1' }, parent: account });

    const finished = await graph.finish();

    expect(finished.nodes).toBe(1);
    expect(finished.problems).toMatchObject([{ code: 'refused_node', subject: 'acme_network', count: 1 }]);
  });

  test('of two nodes with one identity the first stays, and both places are named (no. 14, W12)', async () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const network = graph.add(acme.network, { reported: { id: 'net-1', name: 'Net' }, parent: account });
    const first = graph.add(acme.instance, { reported: { id: 'i-1', name: 'first' }, parent: network });
    const second = graph.add(acme.instance, { reported: { id: 'i-1', name: 'second' }, parent: account });

    const finished = await graph.finish();

    expect(second).toBe(first);
    expect(readNodes(finished).map(({ reported }) => reported['name'])).toEqual(['acc-1', 'Net', 'first']);
    expect(finished.problems).toEqual([
      {
        code: 'duplicate_node',
        subject: 'acme_instance',
        count: 1,
        examples: ['acme_instance first (i-1) below acme_network Net (net-1) and again below acme_account acc-1'],
      },
    ]);
  });

  test('a second account is refused, and what is below it goes to the first', async () => {
    const graph = openGraph();
    graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const second = graph.add(acme.account, { reported: { id: 'acc-2' }, parent: graph.cloud });
    graph.add(acme.network, { reported: { id: 'net-1' }, parent: second });

    const finished = await graph.finish();

    expect(readableEdges(finished)).toEqual(['cloud → acc-1', 'acc-1 → net-1']);
    expect(finished.problems).toMatchObject([{ code: 'refused_node', subject: 'acme_account', count: 1 }]);
  });

  test('a node whose line the core would refuse, and with it the whole body, leaves its children to its parent', async () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const reported = { id: 'net-1', tags: { notes: 'ü'.repeat(6 * 1024 * 1024) } };
    const network = graph.add(acme.network, { reported, parent: account });
    graph.add(acme.volume, { reported: { id: 'vol-1' }, parent: network });

    const finished = await graph.finish();

    expect(readableEdges(finished)).toEqual(['cloud → acc-1', 'acc-1 → vol-1']);
    expect(finished.problems).toMatchObject([
      { code: 'refused_node', examples: ['net-1 is longer than a line may be, below acme_account acc-1'] },
    ]);
  });

  test('a second cloud leaves its children to its parent', async () => {
    const cloud = kind('acme_cloud', [base.cloud], { pythonType: 'acme.Cloud' });
    const graph = openGraph({ registry: new KindRegistry([...baseKinds('resoto'), ...Object.values(acme), cloud]) });
    const other = graph.add(cloud, { reported: { id: 'other' }, parent: graph.cloud });
    graph.add(acme.account, { reported: { id: 'acc-1' }, parent: other });

    const finished = await graph.finish();

    expect(readableEdges(finished)).toEqual(['cloud → acc-1']);
    expect(finished.problems).toMatchObject([
      { code: 'refused_node', examples: ['other is a second cloud, below cloud acme'] },
    ]);
  });

  test('a second organizational root, for which the core would refuse the whole body, leaves its children to its parent', async () => {
    const root = kind('acme_root', [base.organizationalRoot], { pythonType: 'acme.Root' });
    const unit = kind('acme_unit', [base.organizationalUnit], { pythonType: 'acme.Unit' });
    const registry = new KindRegistry([...baseKinds('resoto'), ...Object.values(acme), root, unit]);
    const graph = openGraph({ registry });
    graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    for (const id of ['r-1', 'r-2']) {
      const parent = graph.add(root, { reported: { id }, parent: graph.cloud });
      graph.add(unit, { reported: { id: `unit of ${id}` }, parent });
    }

    const finished = await graph.finish();

    expect(readableEdges(finished)).toEqual([
      ...['cloud → acc-1', 'cloud → r-1', 'r-1 → unit of r-1', 'cloud → unit of r-2'],
    ]);
    expect(finished.problems).toMatchObject([
      { code: 'refused_node', examples: ['r-2 is a second organizational root, below cloud acme'] },
    ]);
  });

  test('an edge to the node itself or to the cloud is left out', async () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    graph.edge(account, account, 'delete');
    graph.edge(account, graph.cloud, 'delete');

    const finished = await graph.finish();

    expect(readableEdges(finished)).toEqual(['cloud → acc-1']);
    expect(finished.problems).toEqual([
      {
        code: 'refused_edge',
        subject: 'delete edges of acme_account',
        count: 2,
        examples: ['acme_account acc-1 → acme_account acc-1'],
      },
    ]);
  });

  test('a second node for the cloud is a duplicate', async () => {
    const graph = openGraph();
    graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });

    const cloud = graph.add(base.cloud, { reported: { id: 'acme' }, parent: graph.cloud });

    expect(cloud).toBe(graph.cloud);
    const { nodes, problems } = await graph.finish();
    expect(nodes).toBe(1);
    expect(problems).toMatchObject([
      { code: 'duplicate_node', examples: ['cloud acme below graph_root root and again below cloud acme'] },
    ]);
  });

  test('a cycle of default edges loses its last edge and is named whole; one of delete edges stays (no. 14, W12)', async () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const network = graph.add(acme.network, { reported: { id: 'net-1', name: 'Net' }, parent: account });
    const instance = graph.add(acme.instance, { reported: { id: 'i-1' }, parent: network });
    graph.edge(instance, account);
    graph.edge(network, instance, 'delete');
    graph.edge(instance, network, 'delete');

    const finished = await graph.finish();

    expect(readableEdges(finished)).toEqual([
      ...['cloud → acc-1', 'acc-1 → net-1', 'net-1 → i-1'],
      ...['delete: net-1 → i-1', 'delete: i-1 → net-1'],
    ]);
    expect(finished.problems.map(problemText)).toEqual([
      '1 × cycle, broken: default edges (acme_account acc-1 → acme_network Net (net-1) → acme_instance i-1 → acme_account acc-1: ' +
        'without acme_instance i-1 → acme_account acc-1)',
    ]);
  });

  test('a very long cycle is named in short', async () => {
    const graph = openGraph();
    let last = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const account = last;
    for (let node = 1; node < 100; node += 1) {
      last = graph.add(acme.network, { reported: { id: `net-${node}` }, parent: last });
    }
    graph.edge(last, account);

    const { problems } = await graph.finish();

    expect(problems[0]?.examples[0]).toContain(
      'acme_network net-19 → 80 more → acme_account acc-1: without acme_network net-99',
    );
  });

  test('an edge of a type the core does not know is left out', async () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const network = graph.add(acme.network, { reported: { id: 'net-1' }, parent: account });
    graph.edge(network, account, 'iam');

    const finished = await graph.finish();

    expect(finished).toMatchObject({
      edges: 2,
      problems: [{ code: 'refused_edge', subject: 'iam edges of acme_network' }],
    });
  });

  test('a reference of another sink is a mistake of the collector', () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const other = openGraph();

    const use = (): void => other.edge(other.cloud, account);

    expect(use).toThrow(expect.objectContaining({ code: 'unknown_node' }));
  });

  test('a node whose data cannot be written is as if it had not come', async () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const metadata: Record<string, JsonValue> = {};
    metadata['self'] = metadata;

    expect(() => graph.add(acme.network, { reported: { id: 'net-1' }, parent: account, metadata })).toThrow('circular');

    expect(await graph.finish()).toMatchObject({ nodes: 1, edges: 1 });
  });

  test('an account with too many nodes fails', async () => {
    const graph = openGraph({ maxNodes: 2 });
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const add = (id: string): unknown => graph.add(acme.network, { reported: { id }, parent: account });
    add('net-1');

    expect(() => add('net-2')).toThrow(expect.objectContaining({ code: 'too_many_nodes' }));
    await expect(graph.finish()).rejects.toMatchObject({ code: 'too_many_nodes' });
  });

  test('a graph without account is no graph', async () => {
    await expect(openGraph().finish()).rejects.toMatchObject({ code: 'no_account' });
  });

  test('nothing can be added to a finished graph', async () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    await graph.finish();

    const late = (): unknown => graph.add(acme.network, { reported: { id: 'net-1' }, parent: account });

    expect(late).toThrow(expect.objectContaining({ code: 'graph_finished' }));
  });
});

test('cycles of iam edges stay in the fix generation', async () => {
  const kinds = acmeKinds('fix');
  const graph = openGraph({ generation: 'fix' }, kinds);
  const account = graph.add(kinds.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
  const network = graph.add(kinds.network, { reported: { id: 'net-1' }, parent: account });
  graph.edge(network, account, 'iam');
  graph.edge(account, network, 'iam');

  expect(await graph.finish()).toMatchObject({ edges: 4, problems: [] });
});

describe('a finished graph', () => {
  test('has every edge once, with its type where it is not the default', async () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    const network = graph.add(acme.network, { reported: { id: 'net-1' }, parent: account });
    const instance = graph.add(acme.instance, { reported: { id: 'i-1' }, parent: network });
    for (let time = 0; time < 2; time += 1) {
      graph.edge(account, instance);
      graph.edge(network, instance);
      graph.edge(network, instance, 'delete');
    }

    const finished = await graph.finish();

    expect(readableEdges(finished)).toEqual([
      'cloud → acc-1',
      'acc-1 → net-1',
      'net-1 → i-1',
      'acc-1 → i-1',
      'delete: net-1 → i-1',
    ]);
    expect(finished).toMatchObject({ nodes: 3, edges: 5, deferredEdges: 0, carried: 0, problems: [] });
  });

  test('tells its account, its kinds and the size of its files', async () => {
    const graph = openGraph();
    const account = graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    for (const id of ['net-1', 'net-2']) graph.add(acme.network, { reported: { id }, parent: account });
    graph.deferredEdge(graph.selector(account), { search_criteria: 'is(acme_account)' });

    const finished = await graph.finish();

    const files = Object.values(finished.files);
    expect(finished.account).toBe(graph.nodeId(account));
    expect(finished.kindCounts).toEqual(
      new Map([
        ['acme_account', 1],
        ['acme_network', 2],
      ]),
    );
    expect(finished.bytes).toBe(files.reduce((total, file) => total + statSync(file).size, 0));
    expect(files.map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
    expect(statSync(graph.directory).mode & 0o777).toBe(0o700);
  });

  test('is gone when it is discarded', async () => {
    const graph = openGraph();
    graph.add(acme.account, { reported: { id: 'acc-1' }, parent: graph.cloud });
    await graph.finish();

    await graph.discard();

    expect(existsSync(graph.directory)).toBe(false);
  });
});
