/** Files that the configuration wants in the home directory (worker behaviour 2.8). */
import { randomBytes } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { errorCode, errorText } from '../errors.ts';
import { makeDirectory } from '../make-directory.ts';
import type { Logger } from '../plugin/contract.ts';
import type { WorkerSettings } from './worker-section.ts';

export interface HomeFilesOptions {
  /** Home directory. May be a symbolic link. */
  readonly home: string;
  readonly log: Logger;
}

/**
 * Writes the files of `write_files_to_home_dir`, then those of `files_in_home_dir`. Only the owner can read them, also those
 * that existed, and nobody ever sees a half of one. What is outside of the home directory, is a directory or cannot be written
 * is left out with a warning. Never throws.
 */
export async function writeHomeFiles(
  settings: Pick<WorkerSettings, 'write_files_to_home_dir' | 'files_in_home_dir'>,
  { home, log }: HomeFilesOptions,
): Promise<void> {
  const files = [
    ...settings.write_files_to_home_dir.map(({ path, content }) => [path, content] as const),
    ...Object.entries(settings.files_in_home_dir ?? {}),
  ];
  for (const [path, content] of files) {
    try {
      const refusal = await writeHomeFile(path, content, home);
      if (refusal === undefined) log.debug('file written to the home directory', { path });
      else log.warn('file left out of the home directory', { path, ...refusal });
    } catch (error) {
      log.warn('file cannot be written to the home directory', {
        path,
        error: errorText(error),
        hint: `Let the worker write to ${home}, or mount the file there.`,
      });
    }
  }
}

interface Refusal {
  readonly reason: string;
  readonly hint: string;
}

async function writeHomeFile(path: string, content: string, home: string): Promise<Refusal | undefined> {
  const expanded = path.replace(/^~(?=\/|$)/, () => home);
  const target = await realPath(resolve(home, expanded));
  // A name behind the tilde means the home directory of somebody else.
  if (/^~[^/]/.test(path) || !isInside(await realPath(resolve(home)), target)) {
    return { reason: 'it is outside of the home directory', hint: 'Give a path relative to the home directory.' };
  }
  if (await isDirectory(target)) return { reason: 'it is a directory', hint: 'Give the path of a file.' };
  const directory = dirname(target);
  makeDirectory(directory);
  await replaceFile(target, join(directory, `.${randomBytes(8).toString('hex')}.tmp`), content);
  return undefined;
}

/** The path without symbolic links, as far as it exists. */
async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const parent = dirname(path);
    if (errorCode(error) !== 'ENOENT' || parent === path) throw error;
    return join(await realPath(parent), basename(path));
  }
}

function isInside(directory: string, path: string): boolean {
  const steps = relative(directory, path);
  return steps !== '..' && !steps.startsWith(`..${sep}`);
}

async function isDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  return found?.isDirectory() === true;
}

/** Others may read an old file until the moment it is replaced, and never the new one. */
async function replaceFile(path: string, temporary: string, content: string): Promise<void> {
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
