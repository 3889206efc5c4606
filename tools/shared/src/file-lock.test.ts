import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { withFileLock } from './file-lock.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-lock-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('work under one lock runs one after the other', async () => {
  const events: string[] = [];
  const work = async (name: string): Promise<void> =>
    withFileLock(join(folder, 'lock'), async () => {
      events.push(`${name} starts`);
      await new Promise((resolve) => setImmediate(resolve));
      events.push(`${name} ends`);
    });

  await Promise.all([work('first'), work('second')]);

  const [winner] = events[0]?.split(' ') ?? [];
  expect(events.slice(0, 2)).toEqual([`${winner} starts`, `${winner} ends`]);
  expect(events).toHaveLength(4);
});

test('a lock is given back when the work fails', async () => {
  const path = join(folder, 'lock');

  await expect(withFileLock(path, async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');

  await expect(withFileLock(path, async () => Promise.resolve('free'))).resolves.toBe('free');
});

test('the lock of a process that is gone is taken over', async () => {
  const path = join(folder, 'lock');
  const owner = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(owner, 'exit');
  await writeFile(path, String(owner.pid));

  await expect(withFileLock(path, async () => Promise.resolve('free'))).resolves.toBe('free');
});
