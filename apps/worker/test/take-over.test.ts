import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '@resoto/worker-core';
import { realCore } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram, until } from './core-program.ts';
import { call } from './http.ts';
import { killPrograms } from './program.ts';
import { Proxy } from './proxy.ts';
import { repeatedUploads } from './repeated-uploads.ts';
import { connected, installProgram, startWorker, startWorkerProgram, type WorkerProgram } from './worker-program.ts';

const real = await realCore();
/** In each of two accounts. */
const boxes = 40;
const merge = '/graph/resoto/merge';
const id = 'resoto.worker';

/** What these tests have to do with a core, whichever it is. */
interface Core {
  readonly uri: string;
  configure(document: JsonObject): Promise<void>;
  /** @returns the id of the run */
  startCollect(): Promise<string>;
  isOver(run: string): Promise<boolean>;
  /** @returns the results, one for each node */
  tag(): Promise<readonly JsonValue[]>;
  stop(): Promise<void>;
}

let directory: string;
let main: URL;
let cloud: AcmeCloud;
let core: Core;
let proxy: Proxy;
let first: WorkerProgram;
let second: WorkerProgram;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'take-over-'));
  main = await installProgram(directory, { acme: acmePackage });
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('a second worker of the same id at the embedded core', () => {
  takesOver(embedded);
});

describeWith('a second worker of the same id at the code of the real core', [real], () => {
  takesOver(realOne);
});

function takesOver(startCore: () => Promise<Core>): void {
  beforeEach(async () => {
    cloud = await AcmeCloud.start();
    cloud.accounts = {
      one: Array.from({ length: boxes }, (_, index) => ({ id: `a${index}`, peer: `b${index}` })),
      two: Array.from({ length: boxes }, (_, index) => ({ id: `b${index}` })),
    };
    core = await startCore();
    proxy = await Proxy.start(() => Number(new URL(core.uri).port));
    await core.configure({
      resotoworker: { collector: ['acme'], web_port: 0, shutdown_grace: '100s' },
      acme: { endpoint: cloud.endpoint },
    });
    first = await startWorker({ uri: proxy.uri, directory: join(directory, 'first'), main });
    await collect();
    const args = ['--resotocore-uri', proxy.uri, '--data', join(directory, 'second')];
    second = startWorkerProgram({ main, args, env: { HOME: directory } });
    await second.hasLogged('not connected to the core');
    proxy.reset();
  });

  afterEach(async () => {
    await killPrograms();
    await proxy.stop();
    await cloud.stop();
    await core.stop();
  });

  test('waits while the first one ends its work, and takes over: nothing is lost, nothing done twice', async () => {
    const { run, release } = await startHeldCollect();
    const { tags, releaseTags } = await startHeldTags();

    const ended = first.kill('SIGTERM');
    await first.hasLogged('worker is stopping');
    releaseTags();
    release();
    const results = await tags;
    await until('the run is over', () => core.isOver(run));
    expect(await ended).toBe(0);
    await connected(second);
    const next = await collect();

    expect(results.filter(isTagged).length).toBe(2 * boxes);
    expect(cloud.tagged.toSorted()).toEqual(everyBox());
    for (const id of [run, next]) {
      expect(answersOf(id)).toEqual(['action_done']);
      expect(uploadsOf(id)).toHaveLength(2);
    }
    expect(await second.hasLogged('collect ended')).toHaveLength(1);
  });

  test('does the tasks that come while the first one still ends its collect', async () => {
    const { run, release } = await startHeldCollect();
    const ended = first.kill('SIGTERM');
    await until('the first one takes no more tasks', async () => (await healthOfFirst()).includes('- CoreTasks'));

    const results = await core.tag();
    release();
    await until('the run is over', () => core.isOver(run));

    expect(results.filter(isTagged).length).toBe(2 * boxes);
    expect(answersOf(run)).toEqual(['action_done']);
    expect(await ended).toBe(0);
  });

  test('does again what a first one that is killed had begun, and its tasks are told as lost', async () => {
    const { run, release } = await startHeldCollect();
    const { tags, releaseTags } = await startHeldTags();

    await first.kill('SIGKILL');
    releaseTags();
    release();
    const results = await tags;
    await connected(second);
    await until('the run is over', () => core.isOver(run));

    expect(results).toHaveLength(2 * boxes);
    const done = results.filter(isTagged).length;
    const lost = results.filter(isFailed).length;
    expect({ sum: done + lost, both: done > 0 && lost > 0 }).toEqual({ sum: 2 * boxes, both: true });
    expect(new Set(cloud.tagged).size).toBe(cloud.tagged.length);
    expect(answersOf(run)).toEqual(['action_done']);
    expect(uploadsOf(run)).toHaveLength(3);
    expect(repeatedUploads(proxy.requestsOf('POST', merge), run)).toBe(1);
  });
}

/** A collect of which one account is imported, and the other is not told until it is released. */
async function startHeldCollect() {
  const held = hold(/^\/accounts\/two\/boxes$/);
  const run = await core.startCollect();
  await until('the second account is asked for', () => held.asked() === 1);
  await until('the first account is imported', () => uploadsOf(run).length === 1);
  return { run, release: held.release };
}

/** Tasks for all boxes, which the cloud has got and does not answer. */
async function startHeldTags() {
  const held = hold(/\/tags$/);
  const tags = core.tag();
  await until('all tags are asked for', () => held.asked() === 2 * boxes);
  return { tags, releaseTags: held.release };
}

/** Has the cloud wait with its answers to these requests. */
function hold(paths: RegExp) {
  const released = Promise.withResolvers<number>();
  const before = cloud.hook;
  let asked = 0;
  cloud.hook = (path) => {
    if (!paths.test(path)) return before(path);
    asked += 1;
    return released.promise;
  };
  return { asked: () => asked, release: () => released.resolve(200) };
}

async function healthOfFirst(): Promise<string> {
  const [started] = await first.hasLogged('web server started');
  return (await fetch(new URL('health', started?.['url'] as string))).text();
}

async function collect(): Promise<string> {
  const run = await core.startCollect();
  await until('the run is over', () => core.isOver(run));
  return run;
}

/** Kinds of the final answers of a collect that the core got. */
function answersOf(run: string): readonly unknown[] {
  const sent = proxy.messages.filter(({ from, fate }) => from === 'worker' && fate === 'pass');
  return sent
    .map(({ content }) => content as JsonObject)
    .filter(({ data }) => isJsonObject(data) && data['task'] === run)
    .map(({ kind }) => kind)
    .filter((kind) => kind === 'action_done' || kind === 'action_error');
}

function uploadsOf(run: string): readonly string[] {
  const uploads = proxy.requestsOf('POST', merge).filter(({ status }) => status === 200);
  return uploads.filter(({ headers }) => headers['resoto-worker-task-id'] === run).map(({ body }) => body);
}

function everyBox(): readonly string[] {
  return Object.values(cloud.accounts)
    .flatMap((all) => all.map((box) => box.id))
    .toSorted();
}

function isTagged(result: JsonValue): boolean {
  return JSON.stringify(result).includes('"owner":"jane"');
}

function isFailed(result: JsonValue): boolean {
  return isJsonObject(result) && typeof result['error'] === 'string';
}

async function embedded(): Promise<Core> {
  const program = await CoreProgram.start();
  const path = '/cli/execute?graph=resoto&section=reported';
  return {
    uri: program.uri,
    configure: (document) => program.configure(document),
    startCollect: () => program.startCollect(),
    isOver: async (run) => (await program.run(run)).state !== 'running',
    async tag() {
      const body = 'search is(acme_box) | tag update owner jane | dump';
      const text = await call(`${program.uri}${path}`, { method: 'POST', body });
      return text.startsWith('[') ? (parseJson(text) as JsonValue[]) : text.split('\n').filter(Boolean).map(parseJson);
    },
    stop: () => program.remove(),
  };
}

async function realOne(): Promise<Core> {
  const running = await real.start();
  return {
    uri: running.url,
    configure: async (config) => void (await running.control('patch_config', { id, config })),
    startCollect: async () => ((await running.control('workflow', { name: 'collect' })) as { task: string }).task,
    isOver: async (run) => ((await running.control('task', { id: run })) as { done: boolean }).done,
    async tag() {
      const command = 'search is(acme_box) | tag update owner jane | dump';
      return (await running.control('cli', { command })) as readonly JsonValue[];
    },
    stop: () => running.stop(),
  };
}
