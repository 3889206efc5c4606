import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorText, makeDirectory, splitLines, type ImportResult, type Logger } from '@resoto/worker-core';
import type { Database } from '../database.ts';
import type { GraphStore, Lines } from './graph-store.ts';

const PARALLEL = 5;

/** What an upload belongs to. */
export interface Upload {
  readonly graph: string;
  readonly taskId: string | undefined;
}

export interface ImportsOptions {
  readonly database: Database;
  readonly graphs: GraphStore;
  /** Where bodies wait that are imported after the answer. */
  readonly directory: string;
  /** An import of a run is over; the last open one when `open` is 0. */
  readonly finished: (taskId: string, open: number) => void;
  /** An import of a run failed whose client has its answer already. */
  readonly failed: (taskId: string, message: string) => void;
  readonly log: Logger;
}

interface QueueRow {
  readonly id: string;
  readonly graph: string;
  readonly task: string | null;
}

const TABLES = ['CREATE TABLE import_queue (id TEXT PRIMARY KEY, graph TEXT NOT NULL, task TEXT) STRICT;'];

/**
 * Runs a few imports at a time and knows which runs have open ones. A body that is imported after its answer waits in a
 * file, and is imported after a restart if it was not before.
 */
export class Imports {
  readonly #options: ImportsOptions;
  readonly #open = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];
  readonly #queued = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #active = 0;

  constructor(options: ImportsOptions) {
    this.#options = options;
    options.database.migrate('import', TABLES);
    makeDirectory(options.directory);
  }

  /** Imports of a run that are not finished. */
  open(taskId: string): number {
    return this.#open.get(taskId) ?? 0;
  }

  /** Imports a graph as it arrives. */
  async run(upload: Upload, lines: Lines, signal: AbortSignal): Promise<ImportResult> {
    return this.#counted(upload, () => this.#merge(upload, lines, signal));
  }

  /** Stores a body of NDJSON, and imports it after this resolved. */
  async store(upload: Upload, body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
    const id = randomUUID();
    await this.#counted(upload, async () => {
      try {
        await pipeline(body, createWriteStream(this.#file(id), { mode: 0o600 }), { signal });
      } catch (error) {
        rmSync(this.#file(id), { force: true });
        throw error;
      }
      this.#options.database
        .prepare('INSERT INTO import_queue VALUES (?, ?, ?)')
        .run(id, upload.graph, upload.taskId ?? null);
      this.#importLater(id, upload);
    });
  }

  /** Takes up what a former process had accepted and not imported. */
  resume(): void {
    const rows = this.#options.database.prepare<QueueRow>('SELECT * FROM import_queue').all();
    const known = new Set(rows.map(({ id }) => `${id}.ndjson`));
    for (const file of readdirSync(this.#options.directory)) {
      if (!known.has(file)) rmSync(join(this.#options.directory, file));
    }
    for (const { id, graph, task } of rows) this.#importLater(id, { graph, taskId: task ?? undefined });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#queued);
  }

  #importLater(id: string, upload: Upload): void {
    const work = this.#counted(upload, () => this.#importStored(id, upload)).finally(() => this.#queued.delete(work));
    this.#queued.add(work);
  }

  async #importStored(id: string, upload: Upload): Promise<void> {
    try {
      await this.#merge(upload, splitLines(createReadStream(this.#file(id))), this.#closing.signal);
    } catch (error) {
      // Closing is no failure of the import; it is still in the queue for the next start.
      if (this.#closing.signal.aborted) return;
      this.#options.log.error('import failed', { graph: upload.graph, run: upload.taskId, error: errorText(error) });
      if (upload.taskId !== undefined) this.#options.failed(upload.taskId, errorText(error));
    }
    this.#options.database.prepare('DELETE FROM import_queue WHERE id = ?').run(id);
    rmSync(this.#file(id), { force: true });
  }

  async #merge({ graph, taskId }: Upload, lines: Lines, signal: AbortSignal): Promise<ImportResult> {
    if (this.#active >= PARALLEL) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#active += 1;
    try {
      const options = taskId === undefined ? { signal } : { signal, taskId };
      const result = await this.#options.graphs.merge(graph, lines, options);
      this.#options.log.info('import finished', { graph, run: taskId, ...result });
      return result;
    } finally {
      this.#active -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #counted<Result>({ taskId }: Upload, work: () => Promise<Result>): Promise<Result> {
    if (taskId === undefined) return work();
    this.#open.set(taskId, this.open(taskId) + 1);
    try {
      return await work();
    } finally {
      const open = this.open(taskId) - 1;
      if (open > 0) this.#open.set(taskId, open);
      else this.#open.delete(taskId);
      this.#options.finished(taskId, open);
    }
  }

  #file(id: string): string {
    return join(this.#options.directory, `${id}.ndjson`);
  }
}
