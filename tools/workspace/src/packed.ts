import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '@resoto/tools-shared';
import { announce, run } from './commands.ts';

const execute = promisify(execFile);
const npmOptions = ['--loglevel=error', '--no-audit', '--no-fund'];

interface Package {
  readonly folder: string;
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

/**
 * Packs all packages, installs them in an empty project outside of the repository, and uses them there as anybody
 * would: the types of every entry, the help of the program, and a whole run of it. Needs built packages.
 * Returns an exit code.
 */
export async function checkPacked(): Promise<number> {
  const project = await mkdtemp(join(tmpdir(), 'resoto-packed-'));
  try {
    const packages = await publicPackages();
    announce(`Installing ${packages.length} packed packages in an empty project`);
    await install(project, await pack(packages, join(project, 'packed')));
    const codes = [await checkTypes(project, packages)];
    for (const program of ['resotoworker', 'fixworker']) {
      codes.push(await start(project, program, ['--help']));
      codes.push(await start(project, program, ['local', '--once', '--data', join(project, `data-${program}`)]));
    }
    return codes.every((code) => code === 0) ? 0 : 1;
  } catch (error) {
    announce(String(error));
    return 1;
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

async function publicPackages(): Promise<readonly Package[]> {
  const files = globSync('{packages,apps}/*/package.json', { cwd: repositoryRoot });
  return Promise.all(
    files.map(async (file) => {
      const { name, exports } = JSON.parse(await readFile(join(repositoryRoot, file), 'utf8')) as Package;
      return { folder: join(repositoryRoot, dirname(file)), name, exports };
    }),
  );
}

async function pack(packages: readonly Package[], destination: string): Promise<readonly string[]> {
  await mkdir(destination);
  const folders = packages.map((each) => each.folder);
  const { stdout } = await execute('npm', [
    'pack',
    '--json',
    '--pack-destination',
    destination,
    ...npmOptions,
    ...folders,
  ]);
  const packed = JSON.parse(stdout) as { filename: string }[] | Record<string, { filename: string }>;
  return Object.values(packed).map(({ filename }) => join(destination, filename));
}

async function install(project: string, tarballs: readonly string[]): Promise<void> {
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  await execute('npm', ['install', ...npmOptions, ...tarballs], { cwd: project });
}

/** The declarations of every entry, as a strict TypeScript project sees them. */
async function checkTypes(project: string, packages: readonly Package[]): Promise<number> {
  const entries = packages.flatMap(({ name, exports }) =>
    Object.keys(exports)
      .filter((entry) => entry !== './package.json')
      .map((entry) => name + entry.slice(1)),
  );
  const source = entries.map((entry, index) => `export * as entry${index} from '${entry}';\n`);
  await writeFile(join(project, 'entries.ts'), source.join(''));
  const typeRoots = [join(repositoryRoot, 'node_modules/@types')];
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    noEmit: true,
    types: ['node'],
    typeRoots,
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['entries.ts'] }));
  announce(`Checking the types of ${entries.join(', ')}`);
  return run('tsc', ['-p', project], { cwd: project });
}

/** Starts an installed program as on a machine that has no account of any cloud. */
async function start(project: string, program: string, args: readonly string[]): Promise<number> {
  announce(`Starting ${program} ${args.join(' ')}`);
  return run(join(project, 'node_modules/.bin', program), args, {
    cwd: project,
    env: { PATH: process.env['PATH'], HOME: project, AWS_EC2_METADATA_DISABLED: 'true' },
  });
}
