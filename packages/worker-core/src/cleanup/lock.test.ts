import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { lockCleanup } from './lock.ts';

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'lock-'))));
afterEach(() => rm(directory, { recursive: true }));

describe('the lock of a cleanup (no. 5)', () => {
  test('is there once, until it is given back', async () => {
    const release = await lockCleanup(directory);
    await expect(lockCleanup(directory)).rejects.toMatchObject({
      code: 'cleanup_in_use',
      hint: expect.stringContaining('Another process'),
    });
    release();

    const again = await lockCleanup(directory);

    again();
  });

  test('that cannot be made is told apart from one that is taken', async () => {
    const file = join(directory, 'file');
    await writeFile(file, '');

    await expect(lockCleanup(join(file, 'state'))).rejects.toMatchObject({
      code: 'state_unwritable',
      message: expect.stringContaining(file),
      hint: expect.stringContaining('--data'),
    });
  });
});
