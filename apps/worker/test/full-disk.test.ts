import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWith } from '@resoto/tools-shared/jest';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram } from './core-program.ts';
import { killPrograms } from './program.ts';
import { installProgram, startWorker } from './worker-program.ts';

const run = promisify(execFile);
const directory = await mkdtemp(join(tmpdir(), 'disk-'));
const disk = join(directory, 'disk');
const small = { missing: await mountSmallDisk() };

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
    await startWorker({ uri: core.uri, directory, main: await installProgram(directory, { acme: acmePackage }) });
  });

  afterAll(async () => {
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
