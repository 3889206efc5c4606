import { execFile } from 'node:child_process';
import { cp, mkdir, realpath } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

import { repositoryRoot } from '@resoto/tools-shared';

const execute = promisify(execFile);
const longOutput = { maxBuffer: 64 * 1024 * 1024 };

/**
 * Copies the program, these plugins and what they depend on in production into `node_modules` of a directory: of our packages
 * what would be published, of others what the lock file says and is installed here. Ours have to be built.
 *
 * @throws Error with the words of npm when what is installed is not what the lock file says
 */
export async function copyPackages(plugins: readonly string[], directory: string): Promise<void> {
  const wanted = ['@resoto/worker', ...plugins];
  const installed = await npm('ls', '--all', '--omit=dev', '--parseable', ...wanted.flatMap((name) => ['-w', name]));
  const links = new Map<string, string>();
  const others: string[] = [];
  for (const path of installed.split('\n').filter((line) => line.includes('node_modules'))) {
    const real = await realpath(path);
    if (real === path) others.push(path);
    else links.set(real, path);
  }
  for (const [real, link] of links) await copyPacked(real, join(directory, relative(repositoryRoot, link)));
  for (const path of others) {
    // What is installed in a package of ours comes below the place that package has here.
    const [owner, link] = [...links].find(([real]) => path.startsWith(`${real}/`)) ?? [repositoryRoot, repositoryRoot];
    const target = join(directory, relative(repositoryRoot, link), relative(owner, path));
    await cp(path, target, {
      recursive: true,
      filter: (source) => source === path || !source.endsWith('/node_modules'),
    });
  }
}

/** Copies what `npm pack` would put into the archive. */
async function copyPacked(source: string, target: string): Promise<void> {
  const [packed] = Object.values(
    JSON.parse(await npm('pack', '--dry-run', '--json', '--ignore-scripts', source)) as Record<
      string,
      { readonly name: string; readonly files: readonly { readonly path: string }[] }
    >,
  );
  if (packed?.files.some(({ path }) => path.startsWith('dist/')) !== true) {
    throw new Error(`${packed?.name ?? source} is not built. Run: npx nx run-many --targets=build`);
  }
  for (const { path } of packed.files) {
    await mkdir(dirname(join(target, path)), { recursive: true });
    await cp(join(source, path), join(target, path));
  }
}

async function npm(...args: readonly string[]): Promise<string> {
  const { stdout } = await execute('npm', [...args, '--loglevel=error'], { cwd: repositoryRoot, ...longOutput });
  return stdout;
}
