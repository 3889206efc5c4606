import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { plugin as example } from '@resoto/plugin-example';
import { plugin as random } from '@resoto/plugin-random';
import type { GraphRow } from '@resoto/worker-core';
import { collectForTest } from '@resoto/worker-core/testing';
import { realCore, type RunningRealCore } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';

import { until } from './core-program.ts';
import { graphOf, handedOver, type Graph } from './graph.ts';
import { killPrograms } from './program.ts';
import { Proxy, type Fate, type ProxiedMessage } from './proxy.ts';
import { failuresTold, startWorker, startWorkerProgram } from './worker-program.ts';

const real = await realCore();
const merge = '/graph/resoto/merge';
const settings = { seed: 7, size: 0.2 };

interface Validation {
  readonly nodes: number;
  readonly invalid: readonly object[];
  readonly kinds: Readonly<Record<string, number>>;
}

describeWith('against the code of the real core', [real], () => {
  let directory: string;
  let core: RunningRealCore;
  let proxy: Proxy;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'real-'));
    core = await real.start();
    proxy = await Proxy.start(() => Number(new URL(core.url).port));
    const config = { resotoworker: { collector: ['example', 'random'] }, random: settings };
    await core.control('patch_config', { id: 'resoto.worker', config });
    await startWorker({ uri: proxy.uri, directory });
  });

  beforeEach(async () => {
    await core.control('wipe');
  });

  afterEach(() => proxy.reset());

  afterAll(async () => {
    await killPrograms();
    await proxy.stop();
    await core.stop();
    await rm(directory, { recursive: true });
  });

  test('the worker registers for collect and stores its configuration', async () => {
    const config = await core.control('config', { id: 'resoto.worker' });

    expect(JSON.stringify(await core.control('subscribers'))).toContain('resoto.worker-collector');
    expect(config).toMatchObject({
      resotoworker: { collector: ['example', 'random'], pool_size: 5 },
      random: settings,
    });
    expect(await core.control('config_model')).toEqual(expect.arrayContaining(['resotoworker', 'random']));
  });

  test('a collect brings the graphs the plugins hand over, and every node is valid', async () => {
    await collect(core);

    await expectGraph(core);
    expect(answers()).toMatchObject([{ content: { kind: 'action_done' } }]);
  });

  test('a core that crashes in the middle of an upload and stays away for 20 seconds gets graph and answer', async () => {
    let restarted: Promise<unknown> | undefined;
    proxy.hooks = {
      halfBody: async ({ path }): Promise<Fate> => {
        if (path !== merge || restarted !== undefined) return 'pass';
        restarted = core.control('restart', { down: 20, abrupt: true });
        await until('the core is away', async () => !(await answersAt(core.url)));
        return 'lose';
      },
    };

    await startCollect(core);
    await until('the answer is there', () => answers().some(({ fate }) => fate === 'pass'));
    await restarted;

    expect(answers()).toMatchObject([{ content: { kind: 'action_done' } }]);
    // After a restart this core goes through its workflows without waiting for anybody, so it resolves deferred edges too early.
    await expectGraph(core, { deferred: false });
    await collect(core);
    await expectGraph(core);
  });

  test('a plan that goes beyond a share of an account says so, by a count of the core', async () => {
    await collect(core);
    await core.control('mark', { query: 'is(example_instance)' });
    const below = '/ancestors.account.reported.id == "Example Account"';
    const nodes = (await core.control('search', { query: below })) as readonly object[];
    const override = ['--override', 'resotoworker.cleanup_max_share=0.01'];

    const plan = startWorkerProgram({
      args: ['plan', '--resotocore-uri', core.url, '--data', join(directory, 'plan'), ...override],
      env: { HOME: directory },
    });

    expect([await plan.ended, plan.stderr()]).toEqual([0, '']);
    expect(nodes.length).toBeGreaterThan(2);
    expect(plan.stdout()).toContain(`2 of ${nodes.length} resources of example Example Account would be deleted`);
  });

  test('sockets that are cut while the worker collects cost neither graph nor answer', async () => {
    let cuts = 0;
    proxy.hooks = {
      request: async ({ path }): Promise<Fate> => {
        if (path === merge) {
          cuts += 1;
          await core.control('drop');
        }
        return 'pass';
      },
    };

    await collect(core);

    expect(cuts).toBeGreaterThan(1);
    await expectGraph(core);
    expect(new Set(answers().map(({ content }) => JSON.stringify(content))).size).toBe(1);
  });

  test('a core with a key lets a worker in that has it, and no other', async () => {
    const keyed = await real.start(['--psk', 's3cr3t']);
    await keyed.control('patch_config', { id: 'resoto.worker', config: { resotoworker: { collector: ['example'] } } });
    const uri = keyed.url;
    const others = [['--psk', 'an0ther'], []].map((key) =>
      startWorkerProgram({ args: ['--resotocore-uri', uri, ...key], env: { HOME: directory } }),
    );
    const worker = await startWorker({ uri, directory, args: ['--psk', 's3cr3t'] });
    await collect(keyed);
    const { nodes } = (await keyed.control('validate')) as Validation;
    const codes = await Promise.all(others.map(({ ended }) => ended));
    await worker.kill('SIGTERM');
    await keyed.stop();

    expect(codes).toEqual([1, 1]);
    expect(others.map(failuresTold)).toMatchObject([
      [{ code: 'core_wrong_key', hint: expect.stringContaining('Give the key of the core') }],
      [{ code: 'core_wrong_key', hint: expect.stringContaining('Give it to the worker') }],
    ]);
    expect(nodes).toBeGreaterThan(10);
  });

  test('a search in a graph that is not there is told which ones are', async () => {
    await collect(core);
    const args = ['search', 'all', '--graph', 'missing', '--resotocore-uri', core.url];
    const search = startWorkerProgram({ args, env: { HOME: directory } });

    expect(await search.ended).toBe(1);
    expect(search.stderr()).toContain(
      `There is no graph missing at ${core.url}\nName one of these graphs instead: resoto.`,
    );
  });

  test('a worker with the address of TLS is told the one of plain HTTP', async () => {
    const uri = core.url.replace('http:', 'https:');
    const worker = startWorkerProgram({ args: ['--resotocore-uri', uri], env: { HOME: directory } });

    expect(await worker.ended).toBe(1);
    expect(failuresTold(worker)).toMatchObject([
      { code: 'core_speaks_otherwise', hint: `Use the address ${core.url}.` },
    ]);
  });

  function answers(): readonly ProxiedMessage[] {
    return proxy.messages.filter(({ content }) => /^action_(done|error)$/.test(kindOf(content)));
  }
});

async function startCollect(core: RunningRealCore): Promise<string> {
  const { task } = (await core.control('workflow', { name: 'collect' })) as { readonly task: string };
  return task;
}

async function collect(core: RunningRealCore): Promise<void> {
  const id = await startCollect(core);
  await until('the run is over', async () => {
    const { done } = (await core.control('task', { id })) as { readonly done: boolean };
    return done;
  });
}

async function expectGraph(core: RunningRealCore, { deferred = true } = {}): Promise<void> {
  const whole = await handedOverByBoth(deferred);
  const graph = await storedGraph(core);
  const { invalid } = (await core.control('validate')) as Validation;
  expect(invalid).toEqual([]);
  expect(graph.nodes.map(({ id }) => id)).toEqual(whole.nodes.map(({ id }) => id));
  expect(graph.edges).toEqual(whole.edges);
}

async function handedOverByBoth(deferred: boolean): Promise<Graph> {
  const collects = [await collectForTest(example), await collectForTest(random, { config: settings })];
  const graphs = collects.map(({ lines }) => handedOver({ lines: deferred ? lines : { ...lines, deferredEdges: [] } }));
  const nodes = new Map(graphs.flatMap((graph) => graph.nodes.map((node) => [node.id, node])));
  return {
    nodes: [...nodes.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    edges: [...new Set(graphs.flatMap(({ edges }) => edges))].toSorted(),
  };
}

async function storedGraph(core: RunningRealCore): Promise<Graph> {
  const { nodes, edges } = (await core.control('graph')) as { nodes: GraphRow[]; edges: GraphRow[] };
  return graphOf([...nodes.map((node) => Object.assign(node, { type: 'node' as const })), ...edges] as GraphRow[]);
}

async function answersAt(url: string): Promise<boolean> {
  return fetch(`${url}/system/ready`).then(
    () => true,
    () => false,
  );
}

function kindOf(content: ProxiedMessage['content']): string {
  return String((content as { readonly kind?: unknown }).kind);
}
