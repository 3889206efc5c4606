import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MissingToolError, type Needed } from './needed.ts';

/** Absolute path of the repository. */
export const repositoryRoot: string = resolve(fileURLToPath(new URL('../../..', import.meta.url)));

/** Recorded answers, graphs to compare with and servers, kept beside the repository; most checkouts have none. */
export interface Shared extends Needed {
  /** Absolute path of a file or folder in it. Throws `missing_tool` when there is none. */
  path(...segments: readonly string[]): string;
}

/** The folder `RESOTO_SHARED`, else `../shared` beside the repository; undefined when absent. */
export function sharedDir(): string | undefined {
  const directory = resolve(process.env['RESOTO_SHARED'] ?? join(repositoryRoot, '../shared'));
  return existsSync(join(directory, 'tools')) ? directory : undefined;
}

export function shared(): Shared {
  const directory = sharedDir();
  const missing = directory === undefined ? 'no folder ../shared and no RESOTO_SHARED' : undefined;
  return {
    missing,
    path(...segments) {
      if (directory === undefined) throw new MissingToolError(String(missing));
      return join(directory, ...segments);
    },
  };
}
