import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withFileLock } from './file-lock.ts';
import { repositoryRoot } from './shared-dir.ts';

const run = promisify(execFile);
const cache = join(repositoryRoot, 'node_modules/.cache/venvs');
const pipOptions = ['--quiet', '--no-input', '--no-color', '--disable-pip-version-check'];
const failureRemembered = 10 * 60_000;

/** A Python environment; `python` is its interpreter. */
export type PythonEnvironment =
  { readonly missing: undefined; readonly python: string } | { readonly missing: string; readonly python: undefined };

export interface EnvironmentOptions {
  /** Name of the environment, and of its folder. */
  readonly name: string;
  /** Arguments of `pip install`; files named there must not change without their name. */
  readonly install: readonly string[];
  /** Holds the environments; default: `node_modules/.cache/venvs`. */
  readonly folder?: string | undefined;
  /** Called with a line for people before something that takes long. */
  readonly announce?: ((line: string) => void) | undefined;
}

/**
 * An environment with these packages: the one made earlier, else a new one. Never throws for what a machine lacks
 * (Python, its venv module, a network, a package for this Python version), but says so in `missing`.
 */
export async function pythonEnvironment(options: EnvironmentOptions): Promise<PythonEnvironment> {
  const { name, install, folder = cache, announce } = options;
  const directory = join(folder, name);
  const python = join(directory, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const key = createHash('sha256').update(install.join('\n')).digest('hex');
  const isReady = async (): Promise<boolean> => existsSync(python) && (await textOf(`${directory}.key`)) === key;
  if (await isReady()) return { missing: undefined, python };
  await mkdir(folder, { recursive: true });
  return withFileLock(`${directory}.lock`, async () => {
    if (await isReady()) return { missing: undefined, python };
    const failure = await rememberedFailure(`${directory}.failed`, key);
    if (failure !== undefined) return { missing: failure, python: undefined };
    announce?.(`Preparing the Python environment "${name}" (only the first time)`);
    try {
      for (const old of [`${directory}.key`, directory]) await rm(old, { recursive: true, force: true });
      await run('python3', ['-m', 'venv', directory]);
      await run(python, ['-m', 'pip', 'install', ...pipOptions, ...install]);
      await writeFile(`${directory}.key`, key);
      return { missing: undefined, python };
    } catch (error) {
      const missing = `no Python environment "${name}": ${reasonOf(error)}`;
      await writeFile(`${directory}.failed`, JSON.stringify({ key, time: Date.now(), missing }));
      return { missing, python: undefined };
    }
  });
}

/** One attempt is enough for a whole test run: without a network pip takes long to give up. */
async function rememberedFailure(file: string, key: string): Promise<string | undefined> {
  const text = await textOf(file);
  if (text === undefined) return undefined;
  const failure: unknown = JSON.parse(text);
  if (typeof failure !== 'object' || failure === null) return undefined;
  if (!('key' in failure) || !('time' in failure) || !('missing' in failure)) return undefined;
  const recent = typeof failure.time === 'number' && Date.now() - failure.time < failureRemembered;
  return recent && failure.key === key && typeof failure.missing === 'string' ? failure.missing : undefined;
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function reasonOf(error: unknown): string {
  const { code, stderr, message } = Object(error) as { code?: unknown; stderr?: string; message?: string };
  if (code === 'ENOENT') return 'python3 was not found';
  return (stderr?.trim() || message || 'unknown error').split('\n').at(-1)?.slice(0, 200) ?? '';
}
