import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram, until, type Run } from './core-program.ts';
import type { Graph } from './graph.ts';
import { killPrograms } from './program.ts';
import { Proxy, type Fate, type ProxiedMessage, type ProxiedRequest } from './proxy.ts';
import { installProgram, startWorker } from './worker-program.ts';

const boxes = 300;
const merge = '/graph/resoto/merge';
const subscriber = 'resoto.worker-collector';

let cloud: AcmeCloud;
let proxy: Proxy;
let directory: string;
let core: CoreProgram;
let whole: Graph;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'restart-'));
  cloud = await AcmeCloud.start();
  cloud.accounts = {
    one: Array.from({ length: boxes }, (_, index) => ({ id: `a${index}`, size: index, peer: `b${index}` })),
    two: Array.from({ length: boxes }, (_, index) => ({ id: `b${index}`, ...(index === 0 ? {} : { peer: 'b0' }) })),
  };
  proxy = await Proxy.start(() => core.port);
  core = await newCore();
  await startWorker({
    uri: proxy.uri,
    directory,
    main: await installProgram(directory, { acme: acmePackage }),
  });
  await core.finished(await core.startCollect());
  whole = await core.graph();
});

// Each test has a core that knows nothing but the configuration; the worker stays.
beforeEach(async () => {
  await core.remove();
  core = await newCore();
  await until('the worker is registered', () => core.isRegistered());
  proxy.reset();
});

afterEach(() => {
  cloud.hook = () => 200;
});

afterAll(async () => {
  await killPrograms();
  await proxy.stop();
  await cloud.stop();
  await core.remove();
  await rm(directory, { recursive: true });
});

test('without a restart two accounts and the edges between them arrive', () => {
  const found = whole.nodes.filter(({ reported }) => reported['kind'] === 'acme_box');

  expect(found).toHaveLength(2 * boxes);
  expect(whole.edges).toContain(`${idOf('a7')} default ${idOf('b7')}`);
  expect(whole.edges).toContain(`${idOf('b7')} default ${idOf('b0')}`);
});

const phases: Readonly<Record<string, () => void>> = {
  'before the action reaches the worker': () => {
    proxy.hooks = { message: ({ content }) => (kindOf(content) === 'action' ? kill() : 'pass') };
  },
  'when it creates the graph': killWhenItAnswers('POST', '/graph/resoto'),
  'when it stores the model': killWhenItAnswers('PATCH', '/graph/resoto/model'),
  'when it tells the flags of nodes': killWhenItAnswers('POST', '/graph/resoto/search/list'),
  'while accounts are listed': () => {
    cloud.hook = (path) => (path === '/accounts' ? killed(200) : 200);
  },
  'while an account is collected': () => {
    cloud.hook = (path) => (path === '/accounts/two/boxes' ? killed(200) : 200);
  },
  'in the middle of an upload': () => {
    proxy.hooks = { halfBody: ({ path }) => (path === merge ? kill() : 'pass') };
  },
  'while an import runs': () => {
    proxy.hooks = { body: ({ path }) => (path === merge ? kill() : 'pass') };
  },
  'after an import, before it says so': killWhenItAnswers('POST', merge),
  'before the answer reaches it': () => {
    proxy.hooks = { message: ({ content }) => (kindOf(content) === 'action_done' ? kill() : 'pass') };
  },
};

test.each(Object.entries(phases))(
  'a core that is killed %s and comes back gets everything, once',
  async (_, disturb) => {
    disturb();

    const { run, listed } = await collectThroughRestart();

    expect(run).toMatchObject({ state: 'finished', answers: { collect: { [subscriber]: 'action_done' } } });
    expect(answersThatArrived()).toHaveLength(1);
    expect(listed).toBe(1);
    expect(imports()).toHaveLength(2);
    expect(await core.graph()).toEqual(whole);
    expect(await core.log(run.id)).toEqual([]);
  },
);

test('a core that is killed while it tells what was found before, because that cannot be listed now, keeps it', async () => {
  await core.finished(await core.startCollect());
  proxy.reset();
  cloud.hook = (path) => (path === '/accounts/one/boxes' ? 403 : 200);
  proxy.hooks = { halfAnswer: ({ path }) => (path === '/graph/resoto/search/graph' ? kill() : 'pass') };

  const { run } = await collectThroughRestart();

  expect(run.answers['collect']).toEqual({ [subscriber]: 'action_done' });
  expect(answersThatArrived()).toHaveLength(1);
  expect(imports()).toHaveLength(2);
  expect(await core.graph()).toEqual(whole);
  expect(await core.log(run.id)).toMatchObject([
    { message: expect.stringMatching(/^\[acme:one:Europe\] Access denied: acme_box .*acme:ListBoxes/) },
  ]);
});

function killWhenItAnswers(method: string, path: string): () => void {
  return () => {
    proxy.hooks = { answer: (request) => (request.method === method && request.path === path ? kill() : 'pass') };
  };
}

/** Runs a collect during which a hook kills the core, and starts it again. `listed`: how often the accounts were listed. */
async function collectThroughRestart(): Promise<{ readonly run: Run; readonly listed: number }> {
  let listed = 0;
  const { hook } = cloud;
  cloud.hook = (path) => {
    if (path === '/accounts') listed += 1;
    return hook(path);
  };
  const restarted = new Promise<void>((resolve, reject) => {
    onKilled = () => void core.start().then(resolve, reject);
  });

  // The core may be killed before it says which run it has started.
  const started = await core.startCollect().catch(() => undefined);
  await restarted;
  return { run: await core.finished(started ?? (await core.runningRun())), listed };
}

function answersThatArrived(): readonly ProxiedMessage[] {
  return proxy.messages.filter(
    ({ content, fate }) => fate === 'pass' && kindOf(content).match(/^action_(done|error)$/),
  );
}

function imports(): readonly ProxiedRequest[] {
  return proxy.requestsOf('POST', merge).filter(({ status }) => status === 200);
}

let onKilled: (() => void) | undefined;

/** Kills the core the first time it is called. */
async function kill(): Promise<Fate> {
  const first = onKilled;
  onKilled = undefined;
  if (first === undefined) return 'pass';
  await core.kill();
  first();
  return 'lose';
}

async function killed<Value>(value: Value): Promise<Value> {
  await kill();
  return value;
}

async function newCore(): Promise<CoreProgram> {
  const started = await CoreProgram.start();
  await started.configure({ resotoworker: { collector: ['acme'] }, acme: { endpoint: cloud.endpoint } });
  return started;
}

function idOf(name: string): string {
  return whole.nodes.find(({ reported }) => reported['id'] === name)?.id ?? `no node ${name}`;
}

function kindOf(content: ProxiedMessage['content']): string {
  return String((content as { readonly kind?: unknown }).kind);
}
