import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { plugin as aws } from '@resoto/plugin-aws';
import { plugin as example } from '@resoto/plugin-example';
import { plugin as housekeeping } from '@resoto/plugin-housekeeping';
import { plugin as random } from '@resoto/plugin-random';
import { freePort } from '@resoto/tools-shared';
import { workerSection, type JsonObject } from '@resoto/worker-core';
import type { Plugin } from '@resoto/worker-core/plugin';

import { CoreProgram, until } from './core-program.ts';
import { call } from './http.ts';
import { killPrograms } from './program.ts';
import { connected, startWorkerProgram, type WorkerProgram } from './worker-program.ts';

const started = 'worker started';
const again = 'the worker starts again with its new settings';
const plugins: readonly Plugin[] = [aws, example, housekeeping, random];
const actions = plugins.flatMap((plugin) => plugin.actions ?? []);
const [port, otherPort] = [await freePort(), await freePort()];

/** A marked setting of the worker: another value, and that it is in force. */
interface Proof {
  readonly value: JsonObject[string];
  readonly prove: () => Promise<void>;
}

const proofs: Readonly<Record<string, Proof>> = {
  collector: {
    value: ['random'],
    async prove() {
      expect(await page('info')).toMatch(/"active_collectors":\s*\["random"\]/);
      await core.finished(await core.startCollect());

      const [run] = await worker.hasLogged('collect started');
      expect(run).toMatchObject({ clouds: ['random'] });
      expect((await core.search('is(random_account)')).length).toBeGreaterThan(0);
    },
  },
  web_host: {
    value: '127.0.0.1',
    async prove() {
      expect(await page('live')).toBe('ok\r\n');
      await expect(fetch(`http://[::1]:${port}/live`)).rejects.toThrow('fetch failed');
    },
  },
  web_port: {
    value: otherPort,
    async prove() {
      expect(await page('live', otherPort)).toBe('ok\r\n');
      await expect(page('live')).rejects.toThrow('fetch failed');
    },
  },
  web_path: { value: '/mounted', prove: async () => expect(await page('mounted/live')).toBe('ok\r\n') },
  write_files_to_home_dir: {
    value: [{ path: '.acme/deprecated', content: 'key = 1\n' }],
    prove: () => hasFile('.acme/deprecated', 'key = 1\n'),
  },
  files_in_home_dir: {
    value: { '~/.acme/credentials': 'key = 2\n' },
    prove: () => hasFile('.acme/credentials', 'key = 2\n'),
  },
};

let directory: string;
let core: CoreProgram;
let worker: WorkerProgram;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'marked-'));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

test('each marked setting has a proof', () => {
  const own = workerSection({ generation: 'resoto', collectors: [], cores: 2 });
  const parts = plugins.flatMap(({ collectors = [], services = [] }) => [...collectors, ...actions, ...services]);
  const sections = new Set(parts.flatMap(({ section }) => section ?? []));
  const marked = [own, ...sections].flatMap(({ name, fields }) =>
    Object.entries(fields).flatMap(([field, { restart }]) => (restart === true ? [`${name}.${field}`] : [])),
  );

  const proven = [
    ...[...Object.keys(proofs), 'no_tls'].map((field) => `resotoworker.${field}`),
    ...actions.map(({ section }) => `${section.name}.enabled`),
  ];
  expect(marked.sort()).toEqual(proven.sort());
});

describe('a changed setting that is marked restarts the worker in place, and is in force then', () => {
  beforeAll(async () => {
    core = await CoreProgram.start();
    await core.configure(document({}));
    worker = startWorkerProgram({
      args: ['--resotocore-uri', core.uri, '--data', join(directory, 'state')],
      env: { HOME: directory, PORT: String(port), AWS_EC2_METADATA_DISABLED: 'true' },
    });
    await connected(worker);
  });

  afterAll(async () => {
    await killPrograms();
    await core.remove();
  });

  test.each(Object.entries(proofs))('%s', async (name, { value, prove }) => {
    const before = worker.logged(again).length;

    await restartedBy(document({ [name]: value }));

    await prove();
    expect(worker.logged(again)).toHaveLength(before + 1);
  });

  test.each(actions)('enabled of $className', async ({ className, action, section }) => {
    const subscriber = `resoto.worker-actions-${action}-${className}`;
    expect(await core.isRegistered(subscriber, action)).toBe(false);

    await restartedBy(document({}, { [section.name]: { enabled: true } }));

    await until('the plugin takes part', () => core.isRegistered(subscriber, action));
  });

  test('but the same value written in another way does not', async () => {
    await restartedBy(document({}));
    const restarts = worker.logged(again).length;

    await put(document({ web_port: '$(PORT)', web_path: '/', files_in_home_dir: {}, pool_size: 7 }));

    const [change] = await worker.hasLogged('the configuration has changed');
    expect(change).toMatchObject({ settings: ['resotoworker.pool_size'] });
    expect(await page('live')).toBe('ok\r\n');
    expect(worker.logged(again)).toHaveLength(restarts);
  });
});

describe('at a core with certificates', () => {
  afterEach(async () => {
    await killPrograms();
    await core.remove();
  });

  test('no_tls restarts the worker, which answers without TLS then', async () => {
    core = await CoreProgram.start({ tls: true });
    const path = `${core.uri}/config/resoto.worker?validate=false`;
    await putSecurely(path, document({}));
    worker = startWorkerProgram({
      args: ['--resotocore-uri', core.uri, '--data', join(directory, 'state')],
      env: { HOME: directory },
    });
    await connected(worker);
    await expect(page('live')).rejects.toThrow('fetch failed');

    await putSecurely(path, document({ no_tls: true }));
    await worker.hasLogged(started, 2);

    expect(await page('live')).toBe('ok\r\n');
  });
});

/** Stores a document, and waits until the worker has started again because of it, as the same process. */
async function restartedBy(changed: JsonObject): Promise<void> {
  const before = worker.logged(started).length;
  await put(changed);
  const starts = await worker.hasLogged(started, before + 1);
  expect(starts.at(-1)).toMatchObject({ pid: worker.pid });
}

async function put(changed: JsonObject): Promise<void> {
  // It is not whole: a setting that is not in it has its default again.
  await call(`${core.uri}/config/resoto.worker?validate=false`, { method: 'PUT', body: changed });
}

function document(settings: JsonObject, sections: JsonObject = {}): JsonObject {
  return {
    resotoworker: { collector: ['example'], web_port: port, ...settings },
    random: { size: 0.1 },
    ...sections,
  };
}

async function page(name: string, at = port): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${at}/${name}`);
  if (!response.ok) throw new Error(`${name} was answered with ${response.status}`);
  return response.text();
}

async function hasFile(name: string, content: string): Promise<void> {
  const path = join(directory, name);
  expect(await readFile(path, 'utf8')).toBe(content);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
}

/** Who answers is not what is to be found out, so it is not checked. */
function putSecurely(url: string, body: JsonObject): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { method: 'PUT', rejectUnauthorized: false, agent: false };
    const sent = request(url, { ...options, headers: { 'Content-Type': 'application/json' } }, (response) => {
      response.resume().once('end', () => resolve());
    });
    sent.once('error', reject);
    sent.end(JSON.stringify(body));
  });
}
