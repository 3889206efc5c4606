import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { describeWith } from '@resoto/tools-shared/jest';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram, until } from './core-program.ts';
import { killPrograms } from './program.ts';
import { installProgram, startWorker, startWorkerProgram } from './worker-program.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const linux = { missing: process.platform === 'linux' ? undefined : 'this is not Linux' };

let directory: string;
let core: CoreProgram;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'logs-'));
});

beforeEach(async () => {
  core = await CoreProgram.start();
  await core.configure({ resotoworker: { collector: ['example'] } });
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await killPrograms();
  await core.remove();
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

test('a line has the known members in their order, and what a collector writes names its cloud', async () => {
  await core.configure({ resotoworker: { collector: ['aws'] } });
  const worker = await startWorker({ uri: core.uri, directory, env: { AWS_EC2_METADATA_DISABLED: 'true' } });

  await core.finished(await core.startCollect());

  const [failed] = await worker.hasLogged('collector failed');
  await worker.kill('SIGTERM');
  expect(Object.keys(failed ?? {}).slice(0, 6)).toEqual(['timestamp', 'level', 'message', 'pid', 'thread', 'process']);
  expect(failed).toMatchObject({
    level: 'ERROR',
    pid: worker.pid,
    thread: 'collector_aws',
    process: 'resotoworker-aws',
  });
  expect(worker.stderr()).toMatch(/^(\{.*\}\n)+$/);
});

describe('what follows a run', () => {
  let cloud: AcmeCloud;
  let program: URL;

  beforeAll(async () => {
    cloud = await AcmeCloud.start();
    program = await installProgram(join(directory, 'with-acme'), { acme: acmePackage });
  });

  beforeEach(async () => {
    await core.configure({ resotoworker: { collector: ['acme'], cleanup: true }, acme: { endpoint: cloud.endpoint } });
  });

  afterAll(() => cloud.stop());

  /** A collect and a dry run of a cleanup of so many boxes. @returns messages of a level, one for each entry */
  async function messagesOf(level: string, option: string, boxes: number): Promise<readonly unknown[]> {
    cloud.accounts = { one: Array.from({ length: boxes }, (_, index) => ({ id: `box-${index}` })) };
    const worker = await startWorker({ uri: core.uri, directory, main: program, args: [option] });
    await core.finished(await core.startCollect());
    await core.finished(await core.startWorkflow('cleanup'));
    await worker.kill('SIGTERM');
    const entries = worker.stderr().trim().split('\n');
    return entries
      .map((line) => JSON.parse(line) as { readonly level: string; readonly message: string })
      .filter((entry) => entry.level === level)
      .map(({ message }) => message);
  }

  test('is logged at debug, and not for each resource', async () => {
    const few = await messagesOf('DEBUG', '--verbose', 2);
    const many = await messagesOf('DEBUG', '--verbose', 500);

    expect(few).toEqual(
      expect.arrayContaining([
        ...['configuration loaded', 'request to the core', 'action received', 'action ended'],
        ...['accounts listed', 'model sent', 'account begins', 'region of an account', 'account collected'],
        ...['graph imported', 'cleanup planned'],
      ]),
    );
    expect(many.length).toBeLessThan(few.length + 50);
  });

  test('is logged in every part at trace', async () => {
    expect(await messagesOf('TRACE', '--trace', 2)).toEqual(
      expect.arrayContaining(['frame received', 'frame sent', 'part of an account']),
    );
  });
});

describe('quiet', () => {
  test('means that nothing is written while nothing fails (no. 25)', async () => {
    const worker = startWorkerProgram({
      args: [
        ...['--resotocore-uri', core.uri, '--quiet', '--data', join(directory, 'quiet')],
        ...['--override', 'resotoworker.web_port=0'],
      ],
      env: { HOME: directory },
    });
    await until('the worker is registered', () => core.isRegistered());

    expect(await worker.kill('SIGTERM')).toBe(0);
    expect(worker.stderr()).toBe('');
  });
});

test('the layout of text lines is the one that was asked for, under the names of both families', async () => {
  const worker = startWorkerProgram({
    args: ['--resotocore-uri', 'ftp://core'],
    env: { HOME: directory, FIX_LOG_TEXT: 'true', RESOTO_LOG_FORMAT: '%(levelname)s/%(processName)s: %(message)s' },
  });

  expect(await worker.ended).toBe(1);
  expect(worker.stderr()).toMatch(/^CRITICAL\/resotoworker: The address of the core is no HTTP address/);
});

describe('a log that cannot be written', () => {
  test('because nobody reads it any more does not end the worker', async () => {
    const child = start('pipe');
    child.stderr?.destroy();

    await until('the worker is registered', () => core.isRegistered());
    const run = await core.finished(await core.startCollect());
    child.kill('SIGTERM');

    expect(run.answers['collect']).toEqual({ 'resoto.worker-collector': 'action_done' });
    expect(await exitCode(child)).toBe(0);
  });
});

test('a crash of the program is an entry with its stack and without secrets, and exit code 1', async () => {
  const key = 'a-key-nobody-may-see';
  const program = await installProgram(directory, {
    careless: {
      entry: `setTimeout(() => { throw new TypeError('${key} is undefined'); }); export const plugin = { name: 'x' };`,
    },
  });

  const worker = startWorkerProgram({
    main: program,
    args: ['--resotocore-uri', core.uri, '--psk', key],
    env: { HOME: directory },
  });

  expect(await worker.ended).toBe(1);
  expect(worker.logged('the program crashed')).toMatchObject([
    { level: 'CRITICAL', error: '*** is undefined', exception: expect.stringMatching(/TypeError[^]+at /) },
  ]);
  expect(worker.stderr()).not.toContain(key);
});

describeWith('on Linux', [linux], () => {
  test('a signal makes a running worker talk more, and the next one as much as before', async () => {
    const worker = await startWorker({ uri: core.uri, directory });

    for (const [count, level] of [
      [1, 'debug'],
      [2, 'info'],
    ] as const) {
      process.kill(worker.pid, 'SIGUSR2');
      expect((await worker.hasLogged('log level changed', count)).at(-1)).toMatchObject({ level_: level });
    }

    expect(await worker.kill('SIGTERM')).toBe(0);
  });

  test('a log that cannot be written because the disk is full does not end the worker', async () => {
    const full = await open('/dev/full', 'w');
    const child = start(full.fd);
    await full.close();

    await until('the worker is registered', () => core.isRegistered());
    const run = await core.finished(await core.startCollect());
    child.kill('SIGTERM');

    expect(run.answers['collect']).toEqual({ 'resoto.worker-collector': 'action_done' });
    expect(await exitCode(child)).toBe(0);
  });
});

/** Starts a worker with a log of our own choice. */
function start(log: 'pipe' | number): ChildProcess {
  const options = ['--conditions=@resoto/source', '--disable-warning=ExperimentalWarning'];
  const settings = ['--data', join(directory, 'state'), '--override', 'resotoworker.web_port=0'];
  const args = [...options, main, '--resotocore-uri', core.uri, ...settings];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', log], env: { HOME: directory } });
  children.add(child);
  return child;
}

function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}
