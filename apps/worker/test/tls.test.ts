import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { startEmbeddedCore, type EmbeddedCore } from '@resoto/embedded-core';
import {
  CoreClient,
  coreConnection,
  openCertificates,
  stringifyJson,
  type Certificates,
  type NodeRow,
} from '@resoto/worker-core';
import { recordingLog } from '@resoto/worker-core/testing';

import { run } from '../src/run.ts';
import { capturedIo } from './captured-io.ts';
import { until } from './core-program.ts';
import { ManInTheMiddle } from './man-in-the-middle.ts';
import { killPrograms } from './program.ts';
import { startWorker, startWorkerProgram, type WorkerProgram } from './worker-program.ts';

const psk = 's3cr3t-of-the-core';
let directory: string;
let core: EmbeddedCore;
let middle: ManInTheMiddle;
let certificates: Certificates;
let client: CoreClient;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tls-'));
  core = await startEmbeddedCore({ generation: 'resoto', tls: true, psk });
  middle = await ManInTheMiddle.start(() => Number(new URL(core.uri).port));
  const access = { uri: core.uri, psk };
  certificates = await openCertificates({ core: access, subscriberId: 'test', log: recordingLog() });
  client = new CoreClient({ connection: coreConnection({ ...access, tls: () => certificates.trust() }) });
  await client.putConfig('resoto.worker', {
    resotoworker: { collector: ['example', 'random'], web_port: 0 },
    random: { seed: 7, size: 0.1 },
  });
});

afterEach(killPrograms);

afterAll(async () => {
  client.close();
  certificates.close();
  await middle.stop();
  await core.close();
  await rm(directory, { recursive: true });
});

/** Has the worker collect, and waits for the end of the workflow. */
async function collect(): Promise<void> {
  await output('workflow run collect');
  await until('the collect is over', async () => !(await output('workflow running')).includes('workflow=collect'));
}

async function output(command: string): Promise<string> {
  const lines: string[] = [];
  for await (const line of client.execute(command)) lines.push(typeof line === 'string' ? line : stringifyJson(line));
  return lines.join('\n');
}

async function nodes(query: string): Promise<NodeRow[]> {
  const rows: NodeRow[] = [];
  for await (const row of client.searchList('resoto', query)) rows.push(row);
  return rows;
}

async function endOf(worker: WorkerProgram): Promise<string> {
  expect(await worker.ended).toBe(1);
  return worker.stderr();
}

describe('a worker at a core on TLS', () => {
  test('collects over it, also with what its threads ask the core', async () => {
    await startWorker({ uri: core.uri, directory, args: ['--psk', psk] });

    await collect();
    await collect();

    expect(await nodes('is(cloud)')).toHaveLength(2);
    expect(await nodes('is(example_instance)')).not.toHaveLength(0);
  });

  test('ends when its key is another one', async () => {
    const worker = startWorkerProgram({
      args: ['--resotocore-uri', core.uri, '--psk', 'no-key-of-it'],
      env: { HOME: directory },
    });

    const log = await endOf(worker);

    expect(log).toContain('/ca/cert: The token was signed with another key');
    expect(log).toContain('different pre-shared keys');
    expect(log).not.toMatch(/\n\s+at /);
  });

  test('ends when somebody sits in between, and shows that one no token (15 no. 8)', async () => {
    const before = middle.seen().length;

    const worker = startWorkerProgram({
      args: ['--resotocore-uri', middle.uri, '--psk', psk],
      env: { HOME: directory },
    });

    const log = await endOf(worker);
    expect(log).toContain('nobody who is trusted has signed the certificate of the core');
    expect(middle.seen().slice(before)).toContain('GET /ca/cert');
    expect(middle.seen().slice(before)).not.toMatch(/authorization/i);
  });

  test('verifies nobody with --no-verify-certs, on no connection of any kind or thread (W17)', async () => {
    const before = middle.seen().length;
    const args = ['--psk', psk, '--no-verify-certs'];
    const worker = await startWorker({ uri: middle.uri, directory, args });

    await collect();

    const seen = middle.seen().slice(before);
    for (const request of [
      'GET /config/resoto.worker?',
      'POST /subscriber/resoto.worker-collector/collect?',
      'GET /subscriber/resoto.worker-collector/handle',
      'GET /work/queue',
      'PATCH /graph/resoto/model',
      'POST /graph/resoto/search/',
      'POST /graph/resoto/merge?',
    ]) {
      expect(seen).toContain(request);
    }
    expect(seen).not.toContain('GET /ca/cert');
    expect(await worker.hasLogged('the certificate of the core is not verified')).toHaveLength(1);
    expect(worker.logged('collect failed')).toEqual([]);
  });
});

describe('commands', () => {
  test('a search reaches a core on TLS with its key alone', async () => {
    const io = capturedIo();

    const code = await run(['search', 'is(graph_root)', '--resotocore-uri', core.uri, '--psk', psk], io);

    expect([code, io.errors()]).toEqual([0, '']);
    expect(io.output()).toContain('"graph_root"');
  });

  test('a search reaches a core behind a proxy whose certificate is of a public root', async () => {
    const roots = join(directory, 'roots.pem');
    await writeFile(roots, middle.ca);
    const program = startWorkerProgram({
      args: ['search', 'is(graph_root)', '--resotocore-uri', middle.uri, '--psk', psk],
      env: { HOME: directory, NODE_EXTRA_CA_CERTS: roots },
    });

    const code = await program.ended;

    expect([code, program.stderr()]).toEqual([0, '']);
  });

  test('a plan is made over TLS', async () => {
    const program = startWorkerProgram({
      args: ['plan', '--resotocore-uri', core.uri, '--psk', psk],
      env: { HOME: directory },
    });

    const code = await program.ended;

    expect([code, program.stderr()]).toEqual([0, '']);
  });

  test.each([
    [[], 'wants a token|asks for its pre-shared key'],
    [['--psk', 'no-key-of-it'], 'different pre-shared keys'],
    [['--psk', psk, '--ca-cert', '/no/such.pem'], 'Cannot read the CA certificate /no/such.pem'],
  ])('a search with %j is one message that says what to do', async (args, message) => {
    const io = capturedIo();

    const code = await run(['search', 'all', '--resotocore-uri', core.uri, ...args], io);

    expect(code).toBe(1);
    expect(io.errors()).toMatch(new RegExp(message));
    expect(io.errors()).not.toContain('    at ');
  });
});
