import { createHash } from 'node:crypto';
import { access, chmod, constants, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { errorCode, SpoolError, errorText } from '../errors.ts';
import { makeDirectory } from '../make-directory.ts';

/** The directory of one collect run. */
export interface Scratch {
  readonly directory: string;
  remove(): Promise<void>;
  /** Leaves the files to whoever wants to look at them: they are never removed. */
  keep(): Promise<void>;
}

/** Who works in a directory. A process id alone would be taken for alive when another process has it now. */
interface Owner {
  /** Of the name of the machine, which may hold any character. */
  readonly host: string;
  readonly pid: number;
  readonly started: string;
}

const prefix = 'resoto-';
/** A file in directories that are never removed. */
const keptFile = 'kept';

/** Creates the directory of a run, which only this user can read. Throws SpoolError. */
export async function createScratch(parent: string, task: string): Promise<Scratch> {
  try {
    makeDirectory(parent);
    // Its owner is in its name, so that there is no moment, neither at its begin nor at its end, at which it has none.
    const name = `${prefix}${task.replaceAll(/[^\w-]+/g, '_').slice(0, 64)}-${ownerText(self())}-`;
    const directory = await mkdtemp(join(parent, name));
    await chmod(directory, 0o700);
    return {
      directory,
      remove: () => rm(directory, { recursive: true, force: true }),
      keep: () => writeFile(join(directory, keptFile), ''),
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
    makeDirectory(parent);
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
    const owner = ownerIn(name);
    if (owner === undefined || isAlive(owner) || (await isKept(directory))) continue;
    await rm(directory, { recursive: true, force: true });
    removed.push(directory);
  }
  return removed;
}

async function isKept(directory: string): Promise<boolean> {
  return access(join(directory, keptFile)).then(
    () => true,
    () => false,
  );
}

function ownerText({ host, pid, started }: Owner): string {
  return `${host}.${pid}.${started}`;
}

function ownerIn(name: string): Owner | undefined {
  const [, host, pid, started] = /^resoto-.*-([0-9a-f]{8})\.(\d+)\.(\w*)-\w{6}$/.exec(name) ?? [];
  if (host === undefined || started === undefined) return undefined;
  return { host, pid: Number(pid), started };
}

function self(): Owner {
  return { host: thisHost(), pid: process.pid, started: startTime(process.pid) };
}

function thisHost(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}

/** Of processes on other machines that share the directory nothing is known, so they count as alive. */
function isAlive({ host, pid, started }: Owner): boolean {
  if (host !== thisHost()) return true;
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
