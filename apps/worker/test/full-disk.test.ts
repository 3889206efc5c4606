import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '@resoto/tools-shared/jest';
import { errorCode } from '@resoto/worker-core';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram } from './core-program.ts';
import { call } from './http.ts';
import { killPrograms } from './program.ts';
import { installProgram, startWorker, type WorkerProgram } from './worker-program.ts';

const run = promisify(execFile);
const directory = await mkdtemp(join(tmpdir(), 'disk-'));
const disk = join(directory, 'disk');
const small = { missing: await mountSmallDisk() };
let main: URL;

beforeAll(async () => {
  main = await installProgram(directory, { acme: acmePackage });
});

afterAll(async () => {
  await killPrograms();
  if (small.missing === undefined) await run('umount', [disk]);
  await rm(directory, { recursive: true });
});

describeWith('a disk that is full', [small], () => {
  let cloud: AcmeCloud;
  let core: CoreProgram;

  beforeAll(async () => {
    cloud = await AcmeCloud.start();
    core = await CoreProgram.start();
    await core.configure({ resotoworker: { collector: ['acme'], tempdir: disk }, acme: { endpoint: cloud.endpoint } });
    await startWorker({ uri: core.uri, directory, main });
  });

  afterAll(async () => {
    await killPrograms();
    await cloud.stop();
    await core.remove();
  });

  test('fails the collect with the path, keeps what the core had, and is left clean', async () => {
    cloud.accounts = { one: [{ id: 'a' }] };
    await core.finished(await core.startCollect());
    const before = await core.graph();
    cloud.accounts = { one: Array.from({ length: 5000 }, (_, index) => ({ id: `b${index}` })) };

    const { id, answers } = await core.finished(await core.startCollect());

    expect(answers['collect']).toEqual({ 'resoto.worker-collector': 'action_error' });
    expect(await core.log(id)).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringMatching(`${disk}.*ENOSPC|ENOSPC.*${disk}`) }),
    );
    expect(await core.graph()).toEqual(before);
    expect(await readdir(disk)).toEqual([]);
  });

  test('harms no collect after it', async () => {
    cloud.accounts = { one: [{ id: 'c' }] };

    const { answers } = await core.finished(await core.startCollect());

    expect(answers['collect']).toEqual({ 'resoto.worker-collector': 'action_done' });
    expect(await core.search('is(acme_box)')).toMatchObject([{ reported: { id: 'c' } }]);
  });
});

describeWith('a disk for state and home that is full', [small], () => {
  let cloud: AcmeCloud;
  let core: CoreProgram;
  let worker: WorkerProgram;

  beforeAll(async () => {
    cloud = await AcmeCloud.start();
    cloud.accounts = { one: [{ id: 'a' }, { id: 'b' }] };
    core = await CoreProgram.start();
    const settings = { collector: ['acme'], tempdir: directory, cleanup: true, cleanup_dry_run: false };
    await core.configure({
      resotoworker: { ...settings, files_in_home_dir: { '.aws/credentials': 's3cr3t-content'.repeat(1000) } },
      acme: { endpoint: cloud.endpoint },
    });
    await mkdir(join(disk, 'home/.aws'), { recursive: true });
    await writeFile(join(disk, 'home/.aws/credentials'), 'as it was');
    await fill();
    worker = await startWorker({
      uri: core.uri,
      directory,
      main,
      args: ['--data', join(disk, 'state')],
      env: { HOME: join(disk, 'home') },
    });
  });

  afterAll(async () => {
    await killPrograms();
    await cloud.stop();
    await core.remove();
  });

  test('keeps the file that was in the home directory, and says that the new one could not be written', async () => {
    expect(await worker.hasLogged('file cannot be written to the home directory')).toMatchObject([
      { path: '.aws/credentials', error: expect.stringContaining('ENOSPC') },
    ]);
    expect(await readFile(join(disk, 'home/.aws/credentials'), 'utf8')).toBe('as it was');
    expect(await readdir(join(disk, 'home/.aws'))).toEqual(['credentials']);
  });

  test('lets a cleanup delete nothing, because nothing can be written down', async () => {
    await core.finished(await core.startCollect());
    const mark = { method: 'POST', body: 'search is(acme_box) | clean' } as const;
    await call(`${core.uri}/cli/execute?graph=resoto&section=reported`, mark);

    const { id, answers } = await core.finished(await core.startWorkflow('cleanup'));

    expect(answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_error' });
    expect(JSON.stringify(await core.log(id))).toContain(join(disk, 'state'));
    expect(cloud.deleted).toEqual([]);
    expect(await core.search('/desired.clean == true')).toHaveLength(2);
  });

  test('lets it delete once there is space again', async () => {
    await rm(join(disk, 'filler'));

    const { answers } = await core.finished(await core.startWorkflow('cleanup'));

    expect(answers['cleanup']).toEqual({ 'resoto.worker-collector': 'action_done' });
    expect(cloud.deleted.toSorted()).toEqual(['a', 'b']);
  });
});

/** Leaves no byte on the disk. */
async function fill(): Promise<void> {
  for (const size of [4096, 1]) {
    const part = Buffer.alloc(size, 'x');
    try {
      for (;;) await appendFile(join(disk, 'filler'), part);
    } catch (error) {
      if (errorCode(error) !== 'ENOSPC') throw error;
    }
  }
}

/** Why there is no small disk; undefined when there is one now. */
async function mountSmallDisk(): Promise<string | undefined> {
  await mkdir(disk);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk]);
    return undefined;
  } catch {
    return 'no right to mount a small disk';
  }
}
