import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

import { importConditions, packageEntry, type PackageJson } from '../plugin/package-entry.ts';

const run = promisify(execFile);

/** Where this package runs from its sources, so do the plugins beside it. */
const sourceCondition = import.meta.url.endsWith('.ts') ? ['@resoto/source'] : [];

const script = `
import { registerHooks } from 'node:module';
const urls = [];
registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
await import(process.argv[1]);
console.log(JSON.stringify(urls));
`;

/** What a new process loads with the entry of a package, and that is not part of the package: it costs every worker memory. */
export async function foreignLoads(packageFile: URL): Promise<string[]> {
  const home = new URL('.', packageFile).href;
  const urls = await entryLoads(packageFile);
  return urls.filter((url) => !url.startsWith(home) || url.slice(home.length).includes('node_modules/'));
}

/** URLs of everything a new process loads with the entry of a package, those of the runtime left out. */
async function entryLoads(packageFile: URL): Promise<string[]> {
  const json: unknown = JSON.parse(await readFile(packageFile, 'utf8'));
  const entry = packageEntry(json as PackageJson, new Set([...importConditions(), ...sourceCondition]));
  if (entry === undefined) throw new TypeError(`${packageFile.pathname} exports no entry`);
  const conditions = sourceCondition.map((name) => `--conditions=${name}`);
  const { stdout } = await run(process.execPath, [
    ...conditions,
    ...['--input-type=module', '--eval', script, new URL(entry, packageFile).href],
  ]);
  const urls: unknown = JSON.parse(stdout);
  return (urls as string[]).filter((url) => url.startsWith('file:'));
}
