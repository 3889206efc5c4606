import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { errorText, makeDirectory, WorkerError } from '@resoto/worker-core';

/** Where a core keeps its state. */
export interface DataDirectory {
  /** The database; absent when it lives in memory. */
  readonly file?: string;
  /** Bodies of uploads that wait for their import. */
  readonly imports: string;
  close(): void;
}

/**
 * Takes a directory for this process alone, and makes it when it is missing. Without a path the state ends with the
 * process.
 *
 * @throws WorkerError `data_in_use` when another core has it, `data_unusable` when it cannot be written
 */
export function openDataDirectory(path?: string): DataDirectory {
  if (path === undefined) {
    const imports = mkdtempSync(join(tmpdir(), 'embedded-core-'));
    return { imports, close: () => rmSync(imports, { recursive: true, force: true }) };
  }
  try {
    makeDirectory(path);
  } catch (cause) {
    throw unusable(path, cause);
  }
  const release = lock(path);
  return { file: join(path, 'core.db'), imports: join(path, 'imports'), close: release };
}

/** An open transaction is the lock: it ends with the process, however that ends. */
function lock(path: string): () => void {
  try {
    const holder = new DatabaseSync(join(path, 'core.lock'));
    holder.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    return () => holder.close();
  } catch (cause) {
    if (!isLocked(cause)) throw unusable(path, cause);
    throw new WorkerError('data_in_use', `Cannot use the data directory ${path}: another core has it`, {
      hint: 'Stop the other core, or choose another directory.',
      facts: { path },
      cause,
    });
  }
}

/** SQLITE_BUSY, with which a database says that somebody else has it. */
function isLocked(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'errcode' in cause && cause.errcode === 5;
}

function unusable(path: string, cause: unknown): WorkerError {
  return new WorkerError('data_unusable', `Cannot use the data directory ${path}: ${errorText(cause)}`, {
    hint: 'Choose a directory that can be written.',
    facts: { path },
    cause,
  });
}
