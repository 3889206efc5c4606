import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { realCore, type RunningRealCore } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';
import type { JsonObject } from '@resoto/worker-core';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { until } from './core-program.ts';
import { call } from './http.ts';
import { killPrograms } from './program.ts';
import { connected, installProgram, startWorker, type WorkerProgram } from './worker-program.ts';

const real = await realCore();
const id = 'resoto.worker';

/** What the core recorded. `kind` `bus`: an event; `ws-in`: a message of the worker. */
interface TraceEntry {
  readonly n: number;
  readonly kind: string;
  readonly type?: string;
  readonly path?: string;
  readonly data?: JsonObject;
  readonly msg?: JsonObject;
}

describeWith('the life of a worker at the code of the real core', [real], () => {
  let directory: string;
  let main: URL;
  let cloud: AcmeCloud;
  let other: AcmeCloud;
  let core: RunningRealCore;
  let worker: WorkerProgram;
  /** Number of the last record before the test. */
  let before: number;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'real-life-'));
    cloud = await AcmeCloud.start();
    other = await AcmeCloud.start();
    core = await real.start();
    main = await installProgram(directory, { acme: acmePackage });
    await configure({});
    worker = await start();
  });

  beforeEach(async () => {
    cloud.accounts = { one: [{ id: 'a', peer: 'b' }], two: [{ id: 'b' }] };
    await core.control('wipe');
    before = (await trace(0)).at(-1)?.n ?? 0;
  });

  afterEach(() => {
    cloud.hook = () => 200;
  });

  afterAll(async () => {
    await killPrograms();
    await cloud.stop();
    await other.stop();
    await core.stop();
    await rm(directory, { recursive: true });
  });

  test('200 resources are tagged with one command line', async () => {
    cloud.accounts = { one: Array.from({ length: 200 }, (_, index) => ({ id: `box-${index}` })) };
    await finished(await startCollect());

    await core.control('cli', { command: 'search is(acme_box) | tag update owner jane' });

    const tagged = (await core.control('search', { query: 'tags.owner == "jane"' })) as readonly unknown[];
    const answered = (await trace(before)).filter(({ kind, msg }) => kind === 'ws-in' && msg?.['result'] === 'done');
    expect(tagged).toHaveLength(200);
    expect(answered).toHaveLength(200);
  });

  test('a changed setting takes effect with the next collect', async () => {
    other.accounts = { three: [{ id: 'c' }] };

    await configure({ endpoint: other.endpoint });
    await worker.hasLogged('the configuration has changed');
    await finished(await startCollect());
    const boxes = await found();
    await configure({});
    await worker.hasLogged('the configuration has changed', 2);

    expect(boxes).toEqual(['c']);
  });

  test('an edit to nonsense is said in the log and at the core, and the worker goes on with what it had', async () => {
    const edit = { resotoworker: { shutdown_grace: 'a while' } };

    await call(`${core.url}/config/${id}?validate=false`, { method: 'PATCH', body: edit });
    await until('it was said at the core', async () => (await errorEvents()).length > 0);
    await finished(await startCollect());
    const events = await errorEvents();
    await configure({});

    expect(events).toMatchObject([
      { workflow: 'configuration', task: id, message: expect.stringContaining('resotoworker.shutdown_grace') },
    ]);
    expect(await worker.hasLogged('the changed configuration cannot be used, the old one stays')).toHaveLength(1);
    expect(await found()).toEqual(['a', 'b']);
  });

  test('a task nobody announced is answered, and frames that make no sense change nothing', async () => {
    const text = JSON.stringify({ task_id: 'unknown-1', task_name: 'surprise', data: {}, attrs: {} });

    await core.control('frame', { path: '/work/queue', text });
    for (const path of ['/work/queue', '/handle', '/events']) {
      for (const broken of ['{', '[]', 'null', '{"kind":"action"}', '{"task_id":7}', '\u0000', '{"kind":[{}]}']) {
        await core.control('frame', { path, text: broken });
        await core.control('frame', { path, text: broken, binary: true });
      }
    }
    await until('it was answered', async () => (await answersTo('unknown-1')).length > 0);
    await finished(await startCollect());

    expect(await answersTo('unknown-1')).toMatchObject([
      { result: 'error', error: expect.stringContaining('no handler for surprise') },
    ]);
    expect(await found()).toEqual(['a', 'b']);
    expect(worker.logged('not connected to the core')).toEqual([]);
  });

  test('a core that restarts while nothing is done has its worker back', async () => {
    const connections = worker.logged('connected to the core').length;

    await core.control('restart', { down: 1, abrupt: true });
    await connected(worker, connections + 1);
    await finished(await startCollect());

    expect(await found()).toEqual(['a', 'b']);
  });

  test('a core that restarts in a collect gets its graph and its answer', async () => {
    const connections = worker.logged('connected to the core').length;
    const { task, release } = await startHeldCollect();

    await core.control('restart', { down: 1, abrupt: true });
    release();
    await connected(worker, connections + 1);
    await until('the answer is there', async () => (await answersOf(task)).length > 0);

    expect(await answersOf(task)).toEqual(['action_done']);
    expect(await found()).toEqual(['a', 'b']);
  });

  test('a marked setting restarts the worker in place, and it writes the files of its home directory', async () => {
    const connections = worker.logged('connected to the core').length;

    await configure({ worker: { files_in_home_dir: { '~/.acme/credentials': 'key = 1\n' } } });
    await connected(worker, connections + 1);
    await finished(await startCollect());

    const file = join(directory, '.acme/credentials');
    expect(await readFile(file, 'utf8')).toBe('key = 1\n');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await worker.hasLogged('the worker starts again with its new settings')).toHaveLength(1);
    expect(await found()).toEqual(['a', 'b']);
  });

  test('a worker that is stopped in a collect answers it within the grace of its configuration', async () => {
    const changes = worker.logged('the configuration has changed').length;
    await configure({ worker: { shutdown_grace: '1s' } });
    await worker.hasLogged('the configuration has changed', changes + 1);
    const { task } = await startHeldCollect();

    const code = await worker.kill('SIGTERM');

    expect(code).toBe(0);
    expect(worker.logged('worker is stopping').at(-1)).toMatchObject({ reason: 'stopped', grace: 1 });
    await until('the answer is there', async () => (await answersOf(task)).length > 0);
    expect(await answersOf(task)).toEqual(['action_error']);
  });

  function start(): Promise<WorkerProgram> {
    return startWorker({ uri: core.url, directory, main });
  }

  function document({ endpoint = cloud.endpoint, worker: own = {} }: { endpoint?: string; worker?: JsonObject }) {
    return {
      resotoworker: { collector: ['acme'], web_port: 0, shutdown_grace: '100s', ...own },
      acme: { endpoint },
    };
  }

  async function configure(change: { endpoint?: string; worker?: JsonObject }): Promise<void> {
    await core.control('patch_config', { id, config: document(change) });
  }

  async function startCollect(): Promise<string> {
    const { task } = (await core.control('workflow', { name: 'collect' })) as { readonly task: string };
    return task;
  }

  async function finished(task: string): Promise<void> {
    await until('the run is over', async () => ((await core.control('task', { id: task })) as { done: boolean }).done);
  }

  /** A collect whose cloud does not answer until it is released. */
  async function startHeldCollect(): Promise<{ readonly task: string; readonly release: () => void }> {
    const held = Promise.withResolvers<number>();
    const asked = Promise.withResolvers<void>();
    cloud.hook = (path) => {
      if (path === '/accounts') return 200;
      asked.resolve();
      return held.promise;
    };
    const task = await startCollect();
    await asked.promise;
    return { task, release: () => held.resolve(200) };
  }

  async function found(): Promise<readonly string[]> {
    const rows = await core.control('search', { query: 'is(acme_box)' });
    return (rows as readonly { readonly reported: { readonly id: string } }[])
      .map(({ reported }) => reported.id)
      .sort();
  }

  async function trace(since: number): Promise<readonly TraceEntry[]> {
    return (await core.control('trace', { since })) as readonly TraceEntry[];
  }

  async function errorEvents(): Promise<readonly (JsonObject | undefined)[]> {
    const events = await trace(before);
    return events.filter(({ kind, type }) => kind === 'bus' && type === 'error').map(({ data }) => data);
  }

  async function answersTo(taskId: string): Promise<readonly (JsonObject | undefined)[]> {
    const sent = (await trace(before)).filter(({ kind }) => kind === 'ws-in').map(({ msg }) => msg);
    return sent.filter((msg) => msg?.['task_id'] === taskId);
  }

  /** Kinds of the final answers of a collect. */
  async function answersOf(task: string): Promise<readonly unknown[]> {
    const sent = (await trace(before)).filter(({ kind }) => kind === 'ws-in').map(({ msg }) => msg);
    return sent
      .filter((msg) => (msg?.['data'] as JsonObject | undefined)?.['task'] === task)
      .map((msg) => msg?.['kind'])
      .filter((kind) => kind === 'action_done' || kind === 'action_error');
  }
});
