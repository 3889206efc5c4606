import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LogRecord } from '../log/log-record.ts';
import { logOf } from '../log/log.ts';
import { eventually } from '../testing/eventually.ts';
import { ScriptedCore } from '../testing/scripted-core.ts';
import { plain, plugin, type AccountScript, type AcmeScript } from './acme.test.plugin.ts';
import type { CallCount } from './call-counts.ts';
import type { AccountInput, CollectorInput, JobEvent } from './jobs.ts';
import { ThreadPool, type JobOptions, type ThreadPoolOptions } from './thread-pool.ts';

const never = new AbortController().signal;
let core: ScriptedCore;
let directory: string;
let pool: ThreadPool;
let logged: LogRecord[];
let marks: string;
let stop: AbortController;
const timeIsOver = Object.assign(new Error('time is over'), { code: 'timed_out' });

beforeEach(async () => {
  logged = [];
  directory = await mkdtemp(join(tmpdir(), 'pool-'));
  marks = join(directory, 'marks');
  stop = new AbortController();
  core = await ScriptedCore.start();
  core.answer('POST', '/graph/resoto/search/list', { body: '', headers: { 'Content-Type': 'application/x-ndjson' } });
  openPool({});
});

afterEach(async () => {
  await pool.close();
  await core.stop();
  await rm(directory, { recursive: true });
});

describe('a job', () => {
  test('runs in a thread and returns its result', async () => {
    const kinds = await pool.run('model', () => acme({}), { signal: never });

    expect(kinds.map(({ fqn }) => fqn)).toEqual(expect.arrayContaining(['resource', 'acme_box']));
  });

  test('sends its events as they happen', async () => {
    const events: JobEvent[] = [];

    await pool.run('accounts', () => acme({ accounts: [{ id: 'a' }], remark: 'no login' }), {
      signal: never,
      onEvent: (event) => events.push(event),
    });

    expect(events).toMatchObject([
      { type: 'report', level: 'error', message: 'no login', context: ['profile'] },
      { type: 'account', account: { id: 'a', name: 'a' } },
    ]);
  });

  test('fails with code and hint of what it threw', async () => {
    await expect(collect({ id: 'a', does: 'throw' })).rejects.toMatchObject({
      code: 'provider_failed',
      message: 'the account is on fire',
      hint: 'Call the fire brigade.',
    });
  });
});

describe('a job whose time is over', () => {
  test('is stopped by its signal', async () => {
    openPool({ grace: 30_000 });
    const job = collect({ id: 'a', does: 'wait', marks }, { signal: stop.signal });
    await marked(1);

    stop.abort(timeIsOver);

    await expect(job).rejects.toBe(timeIsOver);
    expect(pool.size).toBe(1);
  });

  test.each(['spin', 'ignore the signal'] as const)('is stopped even when it does "%s" (no. 12)', async (does) => {
    const job = collect({ id: 'a', does, marks }, { signal: stop.signal });
    await marked(1);

    stop.abort(timeIsOver);

    await expect(job).rejects.toBe(timeIsOver);
    expect(pool.size).toBe(0);
  });

  test('leaves the queue when it still waits there', async () => {
    openPool({ limits: () => ({ threads: 1, jobsPerThread: 1 }) });
    const running = collect({ id: 'a', does: 'wait' }, { signal: new AbortController().signal }).catch(() => 'closed');

    const waiting = collect({ id: 'b' }, { signal: stop.signal });
    stop.abort(timeIsOver);

    await expect(waiting).rejects.toBe(timeIsOver);
    await pool.close();
    await expect(running).resolves.toBe('closed');
  });

  test('takes no job beside it down', async () => {
    openPool({ limits: () => ({ threads: 1, jobsPerThread: 2 }) });
    const stopBeside = new AbortController();
    const guilty = collect({ id: 'a', does: 'ignore the signal', marks }, { signal: stop.signal });
    const beside = collect({ id: 'b', does: 'wait', marks }, { signal: stopBeside.signal });
    await marked(2);

    stop.abort(timeIsOver);

    await expect(guilty).rejects.toBe(timeIsOver);
    // The other one is being collected again, in a new thread.
    await marked(3);
    stopBeside.abort(timeIsOver);
    await expect(beside).rejects.toBe(timeIsOver);
  });
});

describe('a thread that ends by itself', () => {
  test.each([
    ['crash', 'boxes is not a function'],
    ['exit', 'exited with code 3'],
  ] as const)('fails its job: %s', async (does, reason) => {
    await expect(collect({ id: 'a', does })).rejects.toMatchObject({
      code: 'thread_crashed',
      cause: { message: expect.stringContaining(reason) },
    });
  });

  test('fails the job that did it, and the others are collected', async () => {
    let crashes = 0;
    openPool({ limits: () => ({ threads: 1, jobsPerThread: 3 }), onCrash: () => (crashes += 1) });

    const results = await Promise.allSettled([
      collect({ id: 'a', regions: { eu: ['x'] } }),
      collect({ id: 'b', does: 'crash' }),
      collect({ id: 'c', regions: { eu: ['y'] } }),
    ]);

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(crashes).toBeGreaterThan(0);
  });

  test('fails its job when it needs more memory than there is', async () => {
    openPool({ heapLimit: 64 });

    await expect(collect({ id: 'a', does: 'fill the memory' })).rejects.toMatchObject({
      code: 'thread_crashed',
      cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' },
    });
  });
});

test('threads end when they have had nothing to do for a while', async () => {
  openPool({ idleTime: 20 });
  await collect({ id: 'a' });

  await eventually(() => expect(pool.size).toBe(0));

  await expect(collect({ id: 'b' })).resolves.toMatchObject({ graph: { nodes: 1 } });
});

test('calls to clouds are told when a job ends, also when it fails (no. 26)', async () => {
  const counts: CallCount[] = [];
  openPool({ onCalls: (counted) => void counts.push(...counted) });

  await collect({ id: 'a', regions: { eu: [], us: ['x'] } });
  const afterFirst = [...counts];
  const failure: unknown = await collect({ id: 'b', regions: { eu: 'failed' } }).catch((error: unknown) => error);

  const place = { cloud: 'acme', service: 'boxes' };
  expect(afterFirst).toEqual([{ ...place, result: 'done', count: 2 }]);
  // The core of this test knows no graph, so that nothing can be carried over.
  expect(failure).toMatchObject({ code: 'core_not_found' });
  expect(counts.slice(1)).toEqual([{ ...place, result: 'failed', count: 1 }]);
});

test('jobs are spread over threads first, then put beside each other', async () => {
  openPool({ limits: () => ({ threads: 2, jobsPerThread: 2 }) });

  const jobs = ['a', 'b', 'c'].map((id) => collect({ id, does: 'wait' }, { signal: stop.signal }).catch(() => id));

  expect(pool.size).toBe(2);
  stop.abort(new Error('enough'));
  await expect(Promise.all(jobs)).resolves.toEqual(['a', 'b', 'c']);
});

test('a thread that runs follows the level of the log, and its entries name cloud and account', async () => {
  const log = logOf((record) => logged.push(record), 'error', 'main');
  openPool({ log });
  const job = collect({ id: 'a', does: 'talk', marks }, { signal: stop.signal }).catch(() => 'ended');
  await marked(1);
  const before = logged.length;

  log.setLevel('debug');

  await eventually(() => expect(logged.length).toBeGreaterThan(0));
  expect(before).toBe(0);
  expect(logged[0]).toMatchObject({ level: 'debug', message: 'still here', thread: 'acme_a', part: 'acme' });
  stop.abort(new Error('enough'));
  await job;
});

test('a change of tags waits neither for a free thread nor for the jobs in front of it', async () => {
  openPool({ limits: () => ({ threads: 1, jobsPerThread: 1 }) });
  const jobs = ['a', 'b'].map((id) => collect({ id, does: 'wait' }, { signal: stop.signal }).catch(() => id));
  const resource = { nodeId: 'n', reported: { kind: 'acme_box', id: 'x' }, owners: {} };
  const orders = [{ id: 7, changes: { remove: ['owner'], update: {} }, resource }];
  const events: JobEvent[] = [];

  await pool.run('tag', () => ({ ...acme({}), orders }), { signal: never, onEvent: (event) => events.push(event) });

  expect(events).toMatchObject([{ type: 'tagged', outcomes: [{ id: 7, failed: [] }] }]);
  stop.abort(new Error('enough'));
  await expect(Promise.all(jobs)).resolves.toEqual(['a', 'b']);
});

test('a closed pool rejects what waits and what runs', async () => {
  openPool({ limits: () => ({ threads: 1, jobsPerThread: 1 }) });
  const jobs = Promise.allSettled([collect({ id: 'a', does: 'spin' }), collect({ id: 'b' })]);

  await pool.close();

  expect(await jobs).toMatchObject([
    { status: 'rejected' },
    { status: 'rejected', reason: { code: 'worker_stopped' } },
  ]);
  await expect(collect({ id: 'c' })).rejects.toMatchObject({ code: 'worker_stopped' });
});

function openPool(options: Partial<ThreadPoolOptions>): void {
  pool = new ThreadPool({
    log: logOf((record) => logged.push(record), 'info', 'main'),
    limits: () => ({ threads: 2, jobsPerThread: 4 }),
    grace: 100,
    ...options,
  });
}

let directories = 0;

function collect(script: AccountScript, options: Partial<JobOptions> = {}) {
  const { id, name = id, ...data } = script;
  const input = (): AccountInput => ({
    ...acme({}),
    account: { id, name, data: plain(data) },
    directory: join(directory, `${id}-${(directories += 1)}`),
    core: { uri: core.uri, graph: 'resoto', trust: {} },
    mergeKind: 'account',
    exportedAt: '2024-03-01T10:00:00Z',
    carryOverMaxAge: 3600,
  });
  return pool.run('collect', input, { signal: never, ...options });
}

function acme(script: AcmeScript): CollectorInput {
  return {
    cloud: plugin.collectors?.[0]?.cloud ?? '',
    entry: new URL('./acme.test.plugin.ts', import.meta.url).href,
    generation: 'resoto',
    config: { script: plain(script) },
  };
}

/** Waits until so many collects have begun. */
function marked(count: number): Promise<void> {
  return eventually(() => expect(readFileSync(marks, 'utf8').trim().split('\n')).toHaveLength(count));
}
