import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Nothing done under a lock takes longer; an owner that seems alive after that is another process with the same id. */
const longest = 15 * 60_000;
const untilOwnerIsWritten = 5000;

/**
 * Runs `work` while no other process does so under the same lock. The lock is the file `path` with the id of the owning
 * process; one whose owner is gone is taken over.
 */
export async function withFileLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  while (!(await acquired(path))) {
    if (await abandoned(path)) await rm(path, { force: true });
    else await delay(200);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquired(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function abandoned(path: string): Promise<boolean> {
  try {
    const age = Date.now() - (await stat(path)).mtimeMs;
    const owner = Number(await readFile(path, 'utf8'));
    return owner === 0 ? age > untilOwnerIsWritten : age > longest || !isRunning(owner);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
