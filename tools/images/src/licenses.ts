import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Licenses and notices of all packages in a directory in one text, each wording once with the packages it belongs to. */
export async function licenses(directory: string): Promise<string> {
  const owners = new Map<string, string[]>();
  const files = globSync('**/{LICENSE,LICENCE,NOTICE,COPYING,license,licence}*', { cwd: directory }).toSorted();
  for (const file of files.filter((path) => !/\.[cm]?[jt]s$|\.json$/.test(path))) {
    const text = (await readFile(join(directory, file), 'utf8')).trim();
    const owner = dirname(file).replace(/^.*node_modules\//, '');
    owners.set(text, [...(owners.get(text) ?? []), owner]);
  }
  return [...owners].map(([text, names]) => `${names.join(', ')}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}
