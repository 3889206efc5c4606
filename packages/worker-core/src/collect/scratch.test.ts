import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createScratch, openSpool } from './scratch.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'scratch-'));
});
afterEach(() => rm(parent, { recursive: true }));

test('the directory of a run belongs to its user alone and has the name of the task', async () => {
  const { directory } = await createScratch(join(parent, 'spool'), '0a7f/../33');

  expect(directory).toMatch(/spool\/resoto-0a7f_33-[0-9a-f]{8}\.\d+\.\d*-\w{6}$/);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
});

test('what dead processes have left behind is removed', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  await abandoned('resoto-a', { host: hostname(), pid: child.pid ?? 0, started: '1' });
  // Another process had this id.
  await mkdir(abandonedName('resoto-b', { host: hostname(), pid: process.pid, started: '1' }));

  const removed = await openSpool(parent);

  expect(removed).toHaveLength(2);
  expect(await readdir(parent)).toEqual([]);
});

test('what a dead process only kept is not removed', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  const owner = { host: hostname(), pid: child.pid ?? 0, started: '1' };
  await abandoned('resoto-a', owner);
  await writeFile(join(abandonedName('resoto-a', owner), 'kept'), '');

  expect(await openSpool(parent)).toEqual([]);
});

test('nothing of a live process is removed, nor of another machine, nor what was kept or is not ours', async () => {
  await createScratch(parent, 'mine');
  await (await createScratch(parent, 'kept')).keep();
  await abandoned('resoto-far', { host: 'another-machine', pid: 1, started: '1' });
  await abandoned('other', { host: hostname(), pid: 2 ** 30, started: '1' });
  await writeFile(join(parent, 'resoto-file'), '');

  expect(await openSpool(parent)).toEqual([]);
  expect(await readdir(parent)).toHaveLength(5);
});

test('a directory that is not there is made, for its user alone', async () => {
  expect(await openSpool(join(parent, 'state/spool'))).toEqual([]);
  expect((await stat(join(parent, 'state/spool'))).mode & 0o777).toBe(0o700);
});

test('a directory that cannot be made is an error that names it and what to do', async () => {
  await writeFile(join(parent, 'file'), '');

  await expect(openSpool(join(parent, 'file/spool'))).rejects.toMatchObject({
    code: 'spool_failed',
    message: expect.stringContaining(join(parent, 'file/spool')),
    hint: expect.stringContaining('--data'),
  });
});

interface DeadOwner {
  readonly host: string;
  readonly pid: number;
  readonly started: string;
}

async function abandoned(name: string, owner: DeadOwner): Promise<void> {
  await mkdir(abandonedName(name, owner));
  await writeFile(join(abandonedName(name, owner), 'nodes.ndjson'), '{}');
}

function abandonedName(name: string, { host, pid, started }: DeadOwner): string {
  const hash = createHash('sha256').update(host).digest('hex').slice(0, 8);
  return join(parent, `${name}-${hash}.${pid}.${started}-a1B2c3`);
}
