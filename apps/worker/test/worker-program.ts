import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { isJsonObject, parseJson, type JsonObject } from '@resoto/worker-core';

import { until } from './core-program.ts';
import { startProgram, type Program, type ProgramOptions } from './program.ts';

const appDirectory = fileURLToPath(new URL('..', import.meta.url));
const main = new URL('../src/main.ts', import.meta.url);

/** The program `resotoworker`, and its log. */
export interface WorkerProgram extends Program {
  /** Lines of the log with this message that have come so far: all of them once the program has ended. */
  logged(message: string): readonly JsonObject[];
  /** Waits for this many lines with the message, and throws when the program ends without. @returns those there are then */
  hasLogged(message: string, count?: number): Promise<readonly JsonObject[]>;
}

export interface WorkerProgramOptions extends ProgramOptions {
  /** Where the program is installed; default: in this repository. */
  readonly main?: URL;
}

/** Starts the program as it is in this repository, with no more than these arguments and variables. */
export function startWorkerProgram({ main: script = main, ...options }: WorkerProgramOptions): WorkerProgram {
  const program = startProgram(script, options);
  let end: number | NodeJS.Signals | undefined;
  void program.ended.then((code) => (end = code));
  const logged = (message: string): readonly JsonObject[] => records(program.stderr(), message);
  const hasLogged = async (message: string, count = 1): Promise<readonly JsonObject[]> => {
    await until(`the worker logs "${message}" (${count})`, () => {
      const isThere = logged(message).length >= count;
      if (!isThere && end !== undefined) throw new Error(`The worker ended with ${end}: ${program.stderr()}`);
      return isThere;
    });
    return logged(message);
  };
  return { ...program, logged, hasLogged };
}

function records(log: string, message: string): readonly JsonObject[] {
  const wholeLines = log.split('\n').slice(0, -1);
  return wholeLines
    .filter((line) => line.startsWith('{') && line.includes(JSON.stringify(message)))
    .map((line) => parseJson(line))
    .filter(isJsonObject)
    .filter((record) => record['message'] === message);
}

export interface ConnectOptions extends WorkerProgramOptions {
  readonly uri: string;
  /** Holds the state of the worker. */
  readonly directory: string;
}

/** Starts a worker that connects to a core, and waits until it is connected. */
export async function startWorker({
  uri,
  directory,
  args = [],
  env = {},
  ...options
}: ConnectOptions): Promise<WorkerProgram> {
  const worker = startWorkerProgram({
    ...options,
    args: ['--resotocore-uri', uri, '--data', join(directory, 'state'), ...onFreePort(args)],
    env: { HOME: directory, ...env },
  });
  await connected(worker);
  return worker;
}

/** Several workers run at the same time in tests, and the usual port of the web server is there once. */
function onFreePort(args: readonly string[]): readonly string[] {
  const override = ['--override', 'resotoworker.web_port=0'];
  if (!args.includes('--override')) return [...args, ...override];
  return args.flatMap((arg) => (arg === '--override' ? override : [arg]));
}

/** Waits until the worker is connected for the given number of times. */
export async function connected(worker: WorkerProgram, times = 1): Promise<void> {
  await worker.hasLogged('connected to the core', times);
}

/** Where the core of `local` is, once the first collect is over and everything about it was written. */
export async function localCore(local: WorkerProgram): Promise<string> {
  const told = /The graph is at (\S+) [^]*\n {2}.* search .*\n/;
  await until('the graph is there', () => told.test(local.stdout()));
  return told.exec(local.stdout())?.[1] ?? '';
}

/** What a worker has told with at least the level of an error. Throws on a stack trace. */
export function failuresTold({ stderr }: WorkerProgram): readonly JsonObject[] {
  if (/\n\s+at /.test(stderr())) throw new Error(`There is a stack trace: ${stderr()}`);
  const lines = stderr()
    .split('\n')
    .filter((line) => /"level":"(CRITICAL|ERROR)"/.test(line));
  return lines.map((line) => JSON.parse(line) as JsonObject);
}

/** Code of the entry of a plugin package, and what its package.json says beside the usual. */
export interface TestPlugin {
  readonly entry: string;
  readonly json?: JsonObject;
}

const housekeeping = new URL('../../../packages/plugin-housekeeping/src/index.ts', import.meta.url);
/** The action plugins of this repository. */
export const housekeepingPackage: TestPlugin = { entry: `export { plugin } from '${housekeeping.href}';` };

/**
 * Installs a copy of the program in a directory, with the packages it needs and more plugins beside it.
 *
 * @returns its main file
 */
export async function installProgram(directory: string, plugins: Readonly<Record<string, TestPlugin>>): Promise<URL> {
  const modules = join(directory, 'node_modules');
  await cp(join(appDirectory, 'src'), join(directory, 'app/src'), { recursive: true });
  await cp(join(appDirectory, 'package.json'), join(directory, 'app/package.json'));
  const { dependencies } = JSON.parse(await readFile(join(appDirectory, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(dependencies)) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(installed(name), join(modules, name));
  }
  for (const [name, { entry, json = {} }] of Object.entries(plugins)) {
    const target = join(modules, name);
    await mkdir(target, { recursive: true });
    const usual = {
      name,
      version: '1.0.0',
      type: 'module',
      exports: './index.js',
      resoto: { plugin: { contract: 1 } },
    };
    await writeFile(join(target, 'package.json'), JSON.stringify({ ...usual, ...json }));
    await writeFile(join(target, 'index.js'), entry);
  }
  return pathToFileURL(join(directory, 'app/src/main.ts'));
}

function installed(name: string): string {
  const places = [join(appDirectory, 'node_modules', name), join(appDirectory, '../../node_modules', name)];
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`${name} is not installed`);
  return found;
}
