/**
 * What a cleanup has done, on disk before and after it does it. One JSON document per line; a line counts when it is whole.
 * Appends that come together share one sync, so that many calls at the same time cost little more than one.
 */
import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, errorText, WorkerError } from '../errors.ts';
import { makeDirectory } from '../make-directory.ts';
import { isJsonObject, parseJson, stringifyJson, type JsonObject } from '../protocol/json.ts';
import type { Verdict } from './outcome.ts';
import type { PlannedNode } from './plan.ts';
import type { CallAnswer, CleanupVerb, ResourceData } from './resource.ts';

/** Whose journal it is. */
export interface JournalHead {
  /** Subscriber id of the worker. */
  readonly worker: string;
  /** Core and graph the marks come from. */
  readonly core: string;
  readonly graph: string;
  /** Task and step of the action, or what stands for it. */
  readonly run: string;
}

/** When a record was made, in milliseconds since the epoch: for whoever looks where the time of a run went. */
interface Timed {
  readonly at?: number;
}

export type JournalRecord =
  | ({ readonly is: 'run'; readonly format: number; readonly startedAt: string } & JournalHead)
  | (Timed & {
      readonly is: 'call';
      readonly call: number;
      readonly verb: CleanupVerb;
      readonly account: PlannedNode['account'];
      readonly resources: readonly ResourceData[];
    })
  | (Timed & { readonly is: 'answer'; readonly call: number; readonly answers: readonly CallAnswer[] })
  | (Timed & {
      readonly is: 'outcome';
      readonly node: string;
      readonly verdict: Verdict;
      readonly eventLog: readonly JsonObject[];
    })
  | { readonly is: 'reported'; readonly nodes: readonly string[] };

const journalFormat = 1;

/** A journal that is being written. */
export class Journal {
  readonly #file: FileHandle;
  readonly #path: string;
  #waiting: { readonly line: string; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  #writing: Promise<void> | undefined;
  #failure: WorkerError | undefined;
  #calls: number;

  private constructor(path: string, file: FileHandle, calls: number) {
    this.#path = path;
    this.#file = file;
    this.#calls = calls;
  }

  /**
   * Begins a journal. Whatever was in the file is gone.
   *
   * @throws WorkerError `journal_failed`
   */
  static async begin(path: string, head: JournalHead, startedAt: string): Promise<Journal> {
    const journal = await Journal.#open(path, 'w', 0);
    await journal.append({ is: 'run', format: journalFormat, startedAt, ...head });
    return journal;
  }

  /** Goes on with a journal that was read before. A line that was cut off is dropped. */
  static async resume(path: string, { length, calls }: ReadJournal): Promise<Journal> {
    const journal = await Journal.#open(path, 'a', calls);
    await journal.#file.truncate(length);
    return journal;
  }

  static async #open(path: string, flags: string, calls: number): Promise<Journal> {
    try {
      makeDirectory(dirname(path));
      const file = await open(path, flags, 0o600);
      // The name of a new file is on disk only when its directory is.
      const directory = await open(dirname(path), 'r');
      await directory.sync();
      await directory.close();
      return new Journal(path, file, calls);
    } catch (cause) {
      throw journalFailed(path, cause);
    }
  }

  /** Number of a new call. */
  nextCall(): number {
    return (this.#calls += 1);
  }

  /** Resolves when the record is on disk. Rejects from the first failure on: what cannot be written down must not be done. */
  append(record: JournalRecord): Promise<void> {
    const line = `${stringifyJson(record)}\n`;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ line, resolve, reject });
      this.#writing ??= this.#write();
    });
  }

  /** The run is over and everything is reported: keeps the file under another name, until the next run is over. */
  async finish(): Promise<void> {
    await this.close();
    await rename(this.#path, finishedPath(this.#path));
  }

  /** What was appended before is on disk then. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      // An answer, the outcome and the next call come one after the other.
      await new Promise(setImmediate);
      const records = this.#waiting;
      this.#waiting = [];
      try {
        if (this.#failure !== undefined) throw this.#failure;
        await this.#file.appendFile(records.map(({ line }) => line).join(''));
        await this.#file.datasync();
        for (const { resolve } of records) resolve();
      } catch (error) {
        this.#failure ??= journalFailed(this.#path, error);
        for (const { reject } of records) reject(this.#failure);
      }
    }
    this.#writing = undefined;
  }
}

/** A journal as it was found. */
export interface ReadJournal {
  readonly head: JournalHead;
  readonly startedAt: string;
  readonly records: readonly JournalRecord[];
  /** Bytes up to the end of the last whole line. */
  readonly length: number;
  /** Highest number of a call. */
  readonly calls: number;
  /** Whole lines that cannot be understood. */
  readonly broken: number;
}

/**
 * Reads what an earlier process has left.
 *
 * @returns undefined when there is nothing
 * @throws WorkerError `journal_broken` when it does not begin as a journal does, `journal_failed` when it cannot be read
 */
export async function readJournal(path: string): Promise<ReadJournal | undefined> {
  const bytes = await bytesOf(path);
  // Until its first line is whole nothing was done.
  const length = bytes.lastIndexOf(newline) + 1;
  if (length === 0) return undefined;
  const lines = bytes.subarray(0, length).toString('utf8').trimEnd().split('\n');
  const parsed = lines.map(recordOf);
  const [head] = parsed;
  if (head?.is !== 'run' || head.format !== journalFormat) throw journalBroken(path);
  const records = parsed.filter((record) => record !== undefined);
  const { worker, core, graph, run, startedAt } = head;
  return {
    head: { worker, core, graph, run },
    startedAt,
    records,
    length,
    calls: records.reduce((highest, record) => ('call' in record ? Math.max(highest, record.call) : highest), 0),
    broken: parsed.length - records.length,
  };
}

/** Sets a journal aside that is not ours or cannot be read. @returns where it is now */
export async function setAside(path: string, now: Date): Promise<string> {
  const aside = `${path}.${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  await rename(path, aside);
  return aside;
}

const newline = 0x0a;

function finishedPath(path: string): string {
  return path.replace(/\.ndjson$/, '') + '.last.ndjson';
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw journalFailed(path, error);
  }
}

const shapes: Readonly<Record<JournalRecord['is'], readonly string[]>> = {
  run: ['format', 'startedAt', 'worker', 'core', 'graph', 'run'],
  call: ['call', 'verb', 'account', 'resources'],
  answer: ['call', 'answers'],
  outcome: ['node', 'verdict', 'eventLog'],
  reported: ['nodes'],
};

/** Undefined: nothing this version has written. */
function recordOf(line: string): JournalRecord | undefined {
  try {
    const value = parseJson(line);
    return isJsonObject(value) && isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Members that are lists, and what is in them. */
const lists: Readonly<Partial<Record<string, 'object' | 'string'>>> = {
  resources: 'object',
  answers: 'object',
  eventLog: 'object',
  nodes: 'string',
};

/** Only this module writes such lines, so what has the members of its kind has them as they should be. */
function isRecord(value: object): value is JournalRecord {
  const members = new Map<string, unknown>(Object.entries(value));
  const shape = Object.entries(shapes).find(([is]) => is === members.get('is'))?.[1];
  return shape?.every((member) => isMember(member, members.get(member))) === true;
}

function isMember(name: string, value: unknown): boolean {
  const type = lists[name];
  if (type === undefined) return value !== undefined;
  return Array.isArray(value) && value.every((item) => typeof item === type && item !== null);
}

function journalFailed(path: string, cause: unknown): WorkerError {
  return new WorkerError('journal_failed', `Cannot keep the journal of the cleanup in ${path}: ${errorText(cause)}`, {
    hint: 'Nothing is deleted without it. Make the state directory writable, or choose another one with --data.',
    facts: { path, reason: errorCode(cause) },
    cause,
  });
}

function journalBroken(path: string): WorkerError {
  return new WorkerError('journal_broken', `${path} is no journal this worker can read`, { facts: { path } });
}
