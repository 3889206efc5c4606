import { access, chmod, constants, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { errorCode, SpoolError, errorText } from '../errors.ts';
import { isJsonObject, parseJson } from '../protocol/json.ts';

/** The directory of one collect run. */
export interface Scratch {
  readonly directory: string;
  remove(): Promise<void>;
  /** Leaves the files to whoever wants to look at them: they are never removed. */
  keep(): Promise<void>;
}

/** Who works in a directory. A process id alone would be taken for alive when another process has it now. */
interface Owner {
  readonly host: string;
  readonly pid: number;
  readonly started: string;
}

const prefix = 'resoto-';
const ownerFile = 'owner.json';

/** Creates the directory of a run, which only this user can read. Throws SpoolError. */
export async function createScratch(parent: string, task: string): Promise<Scratch> {
  try {
    await mkdir(parent, { recursive: true, mode: 0o700 });
    const directory = await mkdtemp(join(parent, `${prefix}${task.replaceAll(/[^\w-]+/g, '_').slice(0, 64)}-`));
    await chmod(directory, 0o700);
    await writeFile(join(directory, ownerFile), JSON.stringify(self()));
    return {
      directory,
      remove: () => rm(directory, { recursive: true, force: true }),
      keep: () => rm(join(directory, ownerFile), { force: true }),
    };
  } catch (cause) {
    throw notWritable('Cannot create a directory for the run in', parent, cause);
  }
}

/**
 * Makes the directory in which runs get theirs, and removes what runs of processes that are dead have left behind: a directory nobody
 * can write to is better known at the start than with the first collect, hours later.
 *
 * @returns what was removed
 * @throws SpoolError
 */
export async function openSpool(parent: string): Promise<readonly string[]> {
  try {
    await mkdir(parent, { recursive: true, mode: 0o700 });
    await access(parent, constants.W_OK | constants.X_OK);
    return await removeAbandoned(parent);
  } catch (cause) {
    throw notWritable('Cannot keep graphs in', parent, cause);
  }
}

function notWritable(attempted: string, directory: string, cause: unknown): SpoolError {
  return new SpoolError(`${attempted} ${directory}: ${errorText(cause)}`, {
    hint: 'Make it writable, or let tempdir or --data name another directory.',
    facts: { directory, reason: errorCode(cause) },
    cause,
  });
}

async function removeAbandoned(parent: string): Promise<readonly string[]> {
  const names = await readdir(parent);
  const removed: string[] = [];
  for (const name of names) {
    const directory = join(parent, name);
    const owner = name.startsWith(prefix) ? await readOwner(directory) : undefined;
    if (owner === undefined || isAlive(owner)) continue;
    await rm(directory, { recursive: true, force: true });
    removed.push(directory);
  }
  return removed;
}

async function readOwner(directory: string): Promise<Owner | undefined> {
  try {
    const owner = parseJson(await readFile(join(directory, ownerFile), 'utf8'));
    const { host, pid, started } = isJsonObject(owner) ? owner : {};
    if (typeof host === 'string' && typeof pid === 'number' && typeof started === 'string')
      return { host, pid, started };
  } catch {
    // Kept files, or nothing of ours.
  }
  return undefined;
}

function self(): Owner {
  return { host: hostname(), pid: process.pid, started: startTime(process.pid) };
}

/** Of processes on other machines that share the directory nothing is known, so they count as alive. */
function isAlive({ host, pid, started }: Owner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  return started === startTime(pid);
}

/** When a process started, in ticks of the system; empty where there is no /proc. A process that has ended never started. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program comes second, in parentheses, and may contain anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ended = fields[0] === 'Z' || fields[0] === 'X';
    return ended ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
