import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startEmbeddedCore, type EmbeddedCore } from '@resoto/embedded-core';
import { buildPackages, freePort } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';
import { eventually } from '@resoto/worker-core/testing';

import { buildImage } from '../src/build-image.ts';
import { isolated, killIsolated, said, startIsolated, type Isolated, type IsolatedOptions } from './isolated.ts';

const plugins = ['@resoto/plugin-example', '@resoto/plugin-housekeeping'];

describeWith('an image', [isolated()], () => {
  let folder: string;
  let root: string;
  let core: EmbeddedCore;
  let port: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'image-'));
    root = join(folder, 'rootfs');
    await buildPackages();
    await buildImage({ plugins, generation: 'resoto', root });
  });

  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    core = await startEmbeddedCore({ generation: 'resoto', psk: 'a key of the core' });
    port = await freePort();
  });

  afterEach(async () => {
    await killIsolated();
    await core.close();
  });

  /** A worker for the core of the test. */
  function start({ env = {}, ...options }: Omit<IsolatedOptions, 'root'> = {}): Isolated {
    const access = { PSK: 'a key of the core', RESOTOCORE_URI: core.uri };
    const settings = `resotoworker.collector=example resotoworker.web_port=${port}`;
    return startIsolated({ root, env: { ...access, RESOTOWORKER_OVERRIDE: settings, ...env }, ...options });
  }

  test('the worker starts as an unprivileged user, and its key is seen by nobody', async () => {
    const worker = start();

    await said(worker, 'worker started');

    expect(worker.proc('status')).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    expect(worker.proc('status')).toMatch(/^Gid:\t1000\t1000\t1000\t1000$/m);
    expect(worker.proc('status')).toMatch(/^CapEff:\t0+$/m);
    expect(worker.proc('cmdline')).not.toContain('a key');
    expect(worker.output()).not.toContain('a key');
  });

  test('PUID, PGID, TZ and arguments are heeded', async () => {
    const worker = start({ env: { PUID: '4321', PGID: '1234', TZ: 'Asia/Tokyo' }, args: ['--subscriber-id', 'other'] });

    await said(worker, 'worker started');

    expect(worker.proc('status')).toMatch(/^Uid:\t4321\b/m);
    expect(worker.proc('status')).toMatch(/^Gid:\t1234\b/m);
    expect(worker.proc('environ')).toContain('TZ=Asia/Tokyo ');
    expect(worker.output()).toContain('"subscriber":"other"');
  });

  test('SIGTERM ends a worker in order', async () => {
    const worker = start();
    await said(worker, 'worker started');

    worker.signal('SIGTERM');

    expect(await worker.ended).toBe(0);
    expect(worker.messages()).toContain('worker ended');
  });

  test('SIGTERM ends a worker that waits for its core', async () => {
    const worker = start({ env: { RESOTOCORE_URI: 'http://127.0.0.1:1' } });
    await said(worker, 'waiting for the core');

    worker.signal('SIGTERM');

    expect(await worker.ended).toBe(0);
  });

  test('the health check of the image says what the worker says', async () => {
    const env = { RESOTO_HEALTH_URL: `http://127.0.0.1:${port}/health` };
    const check = async (): Promise<unknown> => {
      const container = startIsolated({ root, program: '/usr/bin/node', args: ['/opt/resoto/health.js'], env });
      return [await container.ended, container.output()];
    };
    const before = await check();
    const worker = start();
    await said(worker, 'worker started');
    await said(worker, 'connected to the core');
    await eventually(async () => expect((await fetch(env.RESOTO_HEALTH_URL)).status).toBe(200));

    const after = await check();

    expect(before).toEqual([1, expect.stringContaining('ECONNREFUSED')]);
    expect(after).toEqual([0, '']);
  });

  test('a root filesystem that cannot be written to is enough, with a volume for state', async () => {
    const worker = start({ readOnly: true, volumes: ['/var/lib/resoto'], tmpfs: ['/tmp'] });

    await said(worker, 'worker started');

    expect(worker.messages().filter((message) => message.includes('/var/lib/resoto'))).toEqual([]);
  });

  test('without a volume state goes to /tmp, and that is said', async () => {
    const worker = start({ readOnly: true, tmpfs: ['/tmp'], env: { PUID: '77' } });

    await said(worker, 'worker started');

    await eventually(() =>
      expect(worker.output()).toContain('/var/lib/resoto cannot be written to, so state is kept in /tmp/resoto'),
    );
  });

  test('nowhere to write is an error that says what to do', async () => {
    const worker = start({ readOnly: true, env: { PUID: '77' } });

    expect(await worker.ended).toBe(1);
    expect(worker.output()).toContain('Mount a volume there that user 77 may write');
  });

  test('mounted credentials keep their owner, and those that cannot be read are named', async () => {
    const credentials = join(folder, 'aws');
    await mkdir(credentials);
    await writeFile(join(credentials, 'credentials'), '[default]');
    await chmod(join(credentials, 'credentials'), 0o600);
    await chown(join(credentials, 'credentials'), 5555, 5555);
    const mounts = { '/home/resoto/.aws': [credentials, 'ro'] } as const;

    const other = start({ mounts });
    await said(other, 'worker started');
    const owner = start({ mounts, env: { PUID: '5555' }, args: ['--override', 'resotoworker.web_port=0'] });
    await said(owner, 'worker started');

    const complaint = '/home/resoto/.aws/credentials cannot be read by user';
    await eventually(() => expect(other.output()).toContain(`${complaint} 1000`));
    expect(owner.output()).not.toContain(complaint);
    expect(await stat(join(credentials, 'credentials'))).toMatchObject({ uid: 5555 });
    expect(await stat(credentials)).toMatchObject({ uid: 0 });
  });

  test('an engine may start it as a user right away', async () => {
    const worker = start({ user: 1000 });

    await said(worker, 'worker started');

    expect(worker.proc('status')).toMatch(/^Uid:\t1000\b/m);
    expect(worker.messages().filter((message) => message.includes('cannot'))).toEqual([]);
  });

  test('wrong variables are an error without a stack trace', async () => {
    const worker = start({ env: { PUID: 'me' } });

    expect(await worker.ended).toBe(1);
    expect(worker.output()).toBe("resotoworker: PUID: 'me' is no id of a user or group\n");
  });

  test('the other program and commands are there as well', async () => {
    const fix = startIsolated({ root, program: '/usr/bin/fixworker', args: ['--help'] });
    const local = startIsolated({ root, args: ['local', '--once', '--psk', 'x'] });

    expect([await fix.ended, fix.output()]).toEqual([0, expect.stringContaining('--fixcore-uri')]);
    expect([await local.ended, local.output()]).toEqual([0, expect.stringContaining('10 nodes of 1 account')]);
  });

  test('it holds only what runs', async () => {
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));

    const inApp = files.filter((file) => file.startsWith(join(root, 'opt')));
    expect(inApp.filter((file) => !/\.(js|cjs|mjs|json)$/.test(file))).toEqual([]);
    expect(files.filter((file) => /\.test\.|\/testing\/|\/(sh|bash|apt)$/.test(file))).toEqual([]);
  });
});
