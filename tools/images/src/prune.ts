import { readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

import { reachableModules } from './module-files.ts';

/** What Node reads of a package, and what tells which one it is. */
const packageFields = ['name', 'version', 'license', 'type', 'main', 'exports', 'imports', 'resoto'];

/**
 * Removes what does not run from the packages in a directory: type declarations, sources, maps, documents, second builds for
 * browsers and bundlers, and modules that nothing asks for.
 *
 * @param entries  files the program starts from
 */
export async function prune(directory: string, entries: readonly string[]): Promise<void> {
  const modules = join(directory, 'node_modules');
  const reached = reachableModules(entries);
  const entriesBelow = await readdir(modules, { recursive: true, withFileTypes: true });
  for (const entry of entriesBelow.filter((each) => !each.isDirectory())) {
    const file = join(entry.parentPath, entry.name);
    if (isPackageJson(file)) await shorten(file);
    else if (!reached.has(file) && !['.wasm', '.node'].includes(extname(file))) await rm(file);
  }
  await removeHollow(modules);
}

function isPackageJson(file: string): boolean {
  return basename(file) === 'package.json';
}

async function shorten(file: string): Promise<void> {
  const all = JSON.parse(await readFile(file, 'utf8')) as Readonly<Record<string, unknown>>;
  await writeFile(file, JSON.stringify(Object.fromEntries(packageFields.map((field) => [field, all[field]]))));
}

/** Removes directories that hold no file but a `package.json`. Returns whether this one was removed. */
async function removeHollow(directory: string): Promise<boolean> {
  const entries = await readdir(directory, { withFileTypes: true });
  let left = 0;
  for (const entry of entries.filter((each) => each.isDirectory())) {
    if (!(await removeHollow(join(directory, entry.name)))) left += 1;
  }
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  if (left > 0 || files.some((name) => name !== 'package.json')) return false;
  for (const name of files) await rm(join(directory, name));
  await rmdir(directory);
  return dirname(directory) !== directory;
}
