import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorText, WorkerError } from '../errors.ts';

/**
 * Takes the directory of cleanups for this process alone. An open transaction is the lock: it ends with the process, however that
 * ends, and also holds between containers that share the directory.
 *
 * @returns what gives it back
 * @throws WorkerError `cleanup_in_use`
 */
export async function lockCleanup(directory: string): Promise<() => void> {
  const { DatabaseSync } = await import('node:sqlite');
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const holder = new DatabaseSync(join(directory, 'cleanup.lock'));
    try {
      holder.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    } catch (error) {
      holder.close();
      throw error;
    }
    return () => holder.close();
  } catch (cause) {
    throw new WorkerError('cleanup_in_use', `Cannot clean up with the state in ${directory}: ${errorText(cause)}`, {
      hint: 'Another process cleans up with it: wait until it is done, or choose another state directory with --data.',
      facts: { directory },
      cause,
    });
  }
}
