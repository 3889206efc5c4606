import { join } from 'node:path';
import { errorText, WorkerError } from '../errors.ts';
import { makeDirectory } from '../make-directory.ts';

/**
 * Takes the directory of cleanups for this process alone. An open transaction is the lock: it ends with the process, however that
 * ends, and also holds between containers that share the directory.
 *
 * @returns what gives it back
 * @throws WorkerError `cleanup_in_use`, or `state_unwritable` when there can be no lock
 */
export async function lockCleanup(directory: string): Promise<() => void> {
  const { DatabaseSync } = await import('node:sqlite');
  try {
    makeDirectory(directory);
    const holder = new DatabaseSync(join(directory, 'cleanup.lock'));
    try {
      holder.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    } catch (error) {
      holder.close();
      throw error;
    }
    return () => holder.close();
  } catch (cause) {
    const message = `Cannot clean up with the state in ${directory}: ${errorText(cause)}`;
    const facts = { directory };
    if (isLocked(cause)) {
      const hint =
        'Another process cleans up with it: wait until it is done, or choose another state directory with --data.';
      throw new WorkerError('cleanup_in_use', message, { hint, facts, cause });
    }
    const hint = 'Make it writable with some space left, or choose another state directory with --data.';
    throw new WorkerError('state_unwritable', message, { hint, facts, cause });
  }
}

/** SQLITE_BUSY, with which a database says that somebody else has it. */
function isLocked(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'errcode' in cause && cause.errcode === 5;
}
