import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errorCode } from './errors.ts';

/**
 * Makes a directory, and those it is in, for this user alone. One that exists stays as it is.
 *
 * @throws the error of the system, also where `mkdir` with `recursive` tries for ever, as it does below /proc
 */
export function makeDirectory(path: string): void {
  const missing: string[] = [];
  for (let directory = resolve(path); !existsSync(directory); directory = dirname(directory)) missing.push(directory);
  for (const directory of missing.toReversed()) {
    try {
      mkdirSync(directory, { mode: 0o700 });
    } catch (error) {
      // Somebody else was faster.
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
  // What is there may be a file.
  mkdirSync(path, { recursive: true });
}
