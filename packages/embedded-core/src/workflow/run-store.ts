import type { Database } from '../database.ts';
import { runFromRow, runToText, type Run, type RunLogEntry, type RunRow } from './run.ts';

const KEPT_RUNS = 100;

const TABLES = [
  `CREATE TABLE workflow_run (
     id TEXT PRIMARY KEY, workflow TEXT NOT NULL, started_at INTEGER NOT NULL, finished_at INTEGER,
     outcome TEXT NOT NULL, state TEXT NOT NULL) STRICT;
   CREATE INDEX workflow_run_started ON workflow_run (started_at);
   CREATE TABLE workflow_log (
     n INTEGER PRIMARY KEY, run TEXT NOT NULL, at TEXT NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL,
     step TEXT NOT NULL, subscriber TEXT NOT NULL) STRICT;
   CREATE INDEX workflow_log_run ON workflow_log (run, n);
   CREATE TABLE workflow_queue (workflow TEXT PRIMARY KEY) STRICT;`,
];

/** Runs, their logs and the workflows that wait for their next run, on the database. */
export class RunStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
    database.migrate('workflow', TABLES);
  }

  save(run: Run): void {
    this.#database
      .prepare(
        `INSERT INTO workflow_run VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET finished_at = excluded.finished_at, outcome = excluded.outcome, state = excluded.state`,
      )
      .run(run.id, run.workflow, run.startedAt, run.finishedAt ?? null, run.outcome, runToText(run));
  }

  /** Forgets the oldest finished runs and their logs. */
  prune(): void {
    this.#database.transaction(() => {
      this.#database
        .prepare(
          `DELETE FROM workflow_run WHERE outcome <> 'running' AND id NOT IN
             (SELECT id FROM workflow_run ORDER BY started_at DESC LIMIT ?)`,
        )
        .run(KEPT_RUNS);
      this.#database.prepare('DELETE FROM workflow_log WHERE run NOT IN (SELECT id FROM workflow_run)').run();
    });
  }

  unfinished(now: number): Run[] {
    return this.#database
      .prepare<RunRow>(`SELECT * FROM workflow_run WHERE outcome = 'running' ORDER BY started_at`)
      .all()
      .map((row) => runFromRow(row, now));
  }

  find(id: string): Run | undefined {
    const row = this.#database.prepare<RunRow>('SELECT * FROM workflow_run WHERE id = ?').get(id);
    return row === undefined ? undefined : runFromRow(row, 0);
  }

  /** The last run of a workflow that went to its end. */
  lastFinished(workflow: string): Run | undefined {
    const row = this.#database
      .prepare<RunRow>(
        `SELECT * FROM workflow_run WHERE workflow = ? AND outcome = 'finished' ORDER BY finished_at DESC, rowid DESC LIMIT 1`,
      )
      .get(workflow);
    return row === undefined ? undefined : runFromRow(row, 0);
  }

  log(run: string, entry: Omit<RunLogEntry, 'n'>): void {
    this.#database
      .prepare('INSERT INTO workflow_log (run, at, level, message, step, subscriber) VALUES (?, ?, ?, ?, ?, ?)')
      .run(run, entry.at, entry.level, entry.message, entry.step, entry.subscriber_id);
  }

  /** Log lines of a run after position `after`, in order. */
  logOf(run: string, after = 0): RunLogEntry[] {
    return this.#database
      .prepare<RunLogEntry>(
        `SELECT n, at, level, message, step, subscriber AS subscriber_id FROM workflow_log
         WHERE run = ? AND n > ? ORDER BY n`,
      )
      .all(run, after);
  }

  queued(): string[] {
    const rows = this.#database.prepare<{ workflow: string }>('SELECT workflow FROM workflow_queue').all();
    return rows.map(({ workflow }) => workflow);
  }

  enqueue(workflow: string): void {
    this.#database.prepare('INSERT OR IGNORE INTO workflow_queue VALUES (?)').run(workflow);
  }

  /** Takes a workflow off the queue; tells whether it was on it. */
  dequeue(workflow: string): boolean {
    return this.#database.prepare('DELETE FROM workflow_queue WHERE workflow = ?').run(workflow) === 1;
  }
}
