import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plugin as example } from '@resoto/plugin-example';
import { plugin as random } from '@resoto/plugin-random';
import { collectForTest } from '@resoto/worker-core/testing';

import { CoreProgram, type Run } from './core-program.ts';
import { handedOver, type Graph } from './graph.ts';
import { killPrograms } from './program.ts';
import { Proxy } from './proxy.ts';
import { startWorker } from './worker-program.ts';

const size = 0.2;
let core: CoreProgram;
let proxy: Proxy;
let directory: string;
let run: Run;
let graph: Graph;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'collect-'));
  core = await CoreProgram.start();
  proxy = await Proxy.start(() => core.port);
  await core.configure({ resotoworker: { collector: ['example', 'random'] }, random: { seed: 7, size } });
  await startWorker({ uri: proxy.uri, directory });
  run = await core.finished(await core.startCollect());
  graph = await core.graph();
});

afterAll(async () => {
  await killPrograms();
  await proxy.stop();
  await core.remove();
  await rm(directory, { recursive: true });
});

describe('a collect', () => {
  test('is answered once, after everything was imported (no. 13, W11)', () => {
    const answers = proxy.messages.filter(({ content }) => /"action_(done|error)"/.test(JSON.stringify(content)));
    const merges = proxy.requestsOf('POST', '/graph/resoto/merge');

    expect(answers).toMatchObject([{ content: { kind: 'action_done', data: { task: run.id, step: 'collect' } } }]);
    expect(run.answers['collect']).toEqual({ 'resoto.worker-collector': 'action_done' });
    expect(new Set(merges.map(({ status }) => status))).toEqual(new Set([200]));
  });

  test.each([
    ['example', example, {}],
    ['random', random, { seed: 7, size }],
  ])('brings the graph of %s to the core as the plugin hands it over', async (cloud, plugin, config) => {
    const expected = handedOver(await collectForTest(plugin, { config }));

    const cloudNode = expected.nodes.find(({ reported }) => reported['kind'] === 'cloud' && reported['id'] === cloud);
    const ids = new Set(expected.nodes.map(({ id }) => id));
    expect(cloudNode).toBeDefined();
    expect(graph.nodes.filter(({ id }) => ids.has(id))).toEqual(expected.nodes);
    expect(graph.edges.filter((edge) => ids.has(edge.split(' ')[2] ?? ''))).toEqual(expected.edges);
  });

  test('has the edge that example left to the core to resolve, and no problem', async () => {
    const peers = await core.search('is(example_instance) and reported.id == someInstance1 --> is(example_instance)');

    expect(peers).toMatchObject([{ reported: { id: 'someInstance2' } }]);
    expect(await core.log(run.id)).toEqual([]);
  });

  test('leaves the spool empty', async () => {
    expect(await readdir(join(directory, 'state/spool'))).toEqual([]);
  });
});
