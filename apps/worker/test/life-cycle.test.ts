import { createServer, type Server } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@resoto/worker-core';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram } from './core-program.ts';
import { callJson } from './http.ts';
import { killPrograms } from './program.ts';
import { connected, installProgram, startWorker, startWorkerProgram } from './worker-program.ts';

const subscriber = 'resoto.worker-collector';

let directory: string;
let main: URL;
let cloud: AcmeCloud;
let core: CoreProgram;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'life-'));
  cloud = await AcmeCloud.start();
  cloud.accounts = { one: [{ id: 'a' }] };
  main = await installProgram(directory, {
    acme: acmePackage,
    'broken-on-load': { entry: "throw new Error('no such file: secret-sauce')" },
    'from-the-future': { entry: 'export const plugin = 7;', json: { resoto: { plugin: { contract: 99 } } } },
  });
});

beforeEach(async () => {
  cloud.hook = () => 200;
  core = await CoreProgram.start();
  await configure({});
});

afterEach(async () => {
  await killPrograms();
  await core.remove();
});

afterAll(async () => {
  await cloud.stop();
  await rm(directory, { recursive: true });
});

describe('a worker that is told to stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('by %s ends with exit code 0', async (signal) => {
    const worker = await start();

    expect(await worker.kill(signal)).toBe(0);
  });

  test('in a collect that does not end in time answers it with an error first (no. 16)', async () => {
    const worker = await start(['--override', 'resotoworker.shutdown_grace=1s']);
    const id = await startEndlessCollect();

    const code = await worker.kill('SIGTERM');
    const run = await core.finished(id);

    expect(code).toBe(0);
    expect(worker.logged('worker is stopping')).toMatchObject([{ grace: 1 }]);
    expect(run.answers['collect']).toEqual({ [subscriber]: 'action_error' });
    expect(await core.log(id)).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'Failed to collect: the worker stops' }),
    );
  });

  test('in a collect ends at once by a second signal', async () => {
    const worker = await start();
    await startEndlessCollect();

    process.kill(worker.pid, 'SIGTERM');
    await worker.hasLogged('worker is stopping');

    expect(await worker.kill('SIGTERM')).toBe('SIGTERM');
  });

  test('while its core is away ends within the grace time', async () => {
    const worker = await start();
    await core.kill();

    expect(await worker.kill('SIGTERM')).toBe(0);
  });
});

test('a worker whose setting needs a restart starts again in place and goes on with its work', async () => {
  const worker = await start();

  const body = { resotoworker: { web_path: '/mounted' } };
  await callJson(`${core.uri}/config/resoto.worker`, { method: 'PATCH', body });
  await connected(worker, 2);
  const id = await core.startCollect();
  const run = await core.finished(id);

  expect(run.answers['collect']).toEqual({ [subscriber]: 'action_done' });
  expect(worker.logged('the worker starts again with its new settings')).toHaveLength(1);
  const { url } = (await worker.hasLogged('web server started', 2)).at(-1) as { readonly url: string };
  expect(await (await fetch(new URL('/mounted/info', url))).json()).toMatchObject({ active_collectors: ['acme'] });
  expect(await worker.kill('SIGTERM')).toBe(0);
});

test('a worker that gets no collect within its idle time ends with exit code 1', async () => {
  const args = ['--resotocore-uri', core.uri, '--idle-timeout', '1', '--override', 'resotoworker.web_port=0'];
  const worker = startWorkerProgram({ main, args, env: { HOME: directory } });

  expect(await worker.ended).toBe(1);
  expect(worker.logged('worker ended')).toMatchObject([{ reason: 'idle' }]);
});

test('a worker is told everything by its environment', async () => {
  const keyed = await CoreProgram.start({ psk: 's3cr3t' });
  const worker = startWorkerProgram({
    main,
    env: {
      HOME: directory,
      RESOTOWORKER_RESOTOCORE_URI: `${keyed.uri}/`,
      RESOTOWORKER_PSK: 's3cr3t',
      RESOTOWORKER_SUBSCRIBER_ID: 'other.worker',
      RESOTOWORKER_OVERRIDE0: 'resotoworker.collector=acme',
      // The usual port may be taken on the machine of the tests.
      RESOTOWORKER_OVERRIDE1: 'resotoworker.web_port=0',
    },
  });
  await connected(worker);
  await keyed.remove();

  expect(await worker.hasLogged('worker started')).toMatchObject([
    { subscriber: 'other.worker', collectors: ['acme'] },
  ]);
  expect(worker.stderr()).not.toContain('s3cr3t');
});

describe('a second start', () => {
  test('leaves the configuration as the first one stored it', async () => {
    const first = await start();
    await first.kill('SIGTERM');
    const stored = await callJson(`${core.uri}/config/resoto.worker`);

    const second = await start();
    await second.kill('SIGTERM');

    expect(stored).toMatchObject({ resotoworker: { collector: ['acme'], pool_size: 5 }, foreign: { kept: true } });
    expect(await callJson(`${core.uri}/config/resoto.worker`)).toEqual(stored);
  });

  test('beside a worker of the same name waits, and takes over when that one ends', async () => {
    const first = await start();
    const args = ['--resotocore-uri', core.uri, '--override', 'resotoworker.web_port=0'];
    const second = startWorkerProgram({ main, args, env: { HOME: directory } });
    const [refused] = await second.hasLogged('not connected to the core');

    await first.kill('SIGTERM');
    await connected(second);
    const run = await core.finished(await core.startCollect());

    expect(refused).toMatchObject({ error: expect.stringContaining('429') });
    expect(run.answers['collect']).toEqual({ [subscriber]: 'action_done' });
  });
});

describe('a collector that is not installed', () => {
  test('is named at the start and with the collect, and the others are collected (no. 23)', async () => {
    await configure({ collector: ['acme', 'nowhere'] });
    const worker = await start();

    const id = await core.startCollect();
    const run = await core.finished(id);

    expect(run.answers['collect']).toEqual({ [subscriber]: 'action_done' });
    expect(await core.search('is(acme_box)')).toHaveLength(1);
    expect(await worker.hasLogged('collectors are not installed', 2)).toMatchObject([
      { collectors: ['nowhere'] },
      { collectors: ['nowhere'] },
    ]);
    expect(JSON.stringify(await core.log(id))).toContain('[nowhere] No plugin is installed');
  });
});

test('a plugin that cannot be loaded and one of a newer contract are named, and the others work', async () => {
  const worker = await start();
  const run = await core.finished(await core.startCollect());

  expect(await worker.hasLogged('plugin left out', 2)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ package: 'broken-on-load', error: expect.stringContaining('secret-sauce') }),
      expect.objectContaining({ package: 'from-the-future', error: expect.stringMatching(/contract.*99/) }),
    ]),
  );
  expect(run.answers['collect']).toEqual({ [subscriber]: 'action_done' });
});

describe('what cannot work ends with exit code 1 and one message that says what to do', () => {
  test('a wrong key', async () => {
    const keyed = await CoreProgram.start({ psk: 'right' });
    const worker = startWorkerProgram({
      main,
      args: ['--resotocore-uri', keyed.uri, '--psk', 'wr0ng'],
      env: { HOME: directory },
    });

    expect(await worker.ended).toBe(1);
    await keyed.remove();
    expect(worker.stderr()).not.toContain('wr0ng');
    expect(fatal(worker.stderr())).toMatchObject([
      { code: 'core_wrong_key', hint: expect.stringContaining('Give the key of the core') },
    ]);
  });

  test('no key', async () => {
    const keyed = await CoreProgram.start({ psk: 'right' });
    const worker = startWorkerProgram({ main, args: ['--resotocore-uri', keyed.uri], env: { HOME: directory } });

    expect(await worker.ended).toBe(1);
    await keyed.remove();
    expect(fatal(worker.stderr())).toMatchObject([
      { code: 'core_wrong_key', hint: expect.stringContaining('Give it to the worker') },
    ]);
  });

  test.each([
    ['below /proc', () => '/proc/none/state'],
    ['a file', () => fileURLToPath(main)],
  ])('a state directory that cannot be one: %s, whether or not there is a core', async (_, path) => {
    const args = ['--resotocore-uri', 'https://127.0.0.1:1', '--data', path()];
    const worker = startWorkerProgram({ main, args, env: { HOME: directory } });
    const local = startWorkerProgram({ main, args: ['local', '--once', '--data', path()], env: { HOME: directory } });

    expect([await worker.ended, await local.ended]).toEqual([1, 1]);
    expect(fatal(worker.stderr())).toMatchObject([
      { code: 'state_unwritable', message: expect.stringContaining(path()), hint: expect.stringContaining('--data') },
    ]);
    expect(local.stderr()).toMatch(/^resotoworker: Cannot use the data directory .*\nChoose a directory .*\n$/);
  });

  test('a web server in the place of the core', async () => {
    const web = await webServer();
    const worker = startWorkerProgram({ main, args: ['--resotocore-uri', web.uri], env: { HOME: directory } });

    expect(await worker.ended).toBe(1);
    await web.stop();
    expect(fatal(worker.stderr())).toMatchObject([
      { code: 'not_a_core', message: expect.stringContaining('text/html'), hint: expect.stringContaining(web.uri) },
    ]);
  });
});

async function start(args: readonly string[] = []) {
  return startWorker({ uri: core.uri, directory, main, args });
}

/** @returns its id, once a cloud is asked that does not answer */
async function startEndlessCollect(): Promise<string> {
  const collecting = new Promise<void>((resolve) => {
    cloud.hook = (path) => {
      if (path === '/accounts') return 200;
      resolve();
      return new Promise(() => {});
    };
  });
  const id = await core.startCollect();
  await collecting;
  return id;
}

async function configure(settings: JsonObject): Promise<void> {
  await core.configure({
    resotoworker: { collector: ['acme'], ...settings },
    acme: { endpoint: cloud.endpoint },
    foreign: { kept: true },
  });
}

/** The fatal lines of a log. */
function fatal(log: string): readonly unknown[] {
  return log
    .split('\n')
    .filter((line) => line.includes('"CRITICAL"'))
    .map((line) => JSON.parse(line) as unknown);
}

async function webServer(): Promise<{ readonly uri: string; stop(): Promise<void> }> {
  const server: Server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<html><body>Welcome</body></html>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
