import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { WorkerError } from '@resoto/worker-core';

/** One open database, shared by all stores of a core. */
export interface Database {
  readonly sql: DatabaseSync;
  /** Prepares a statement. `Row` names the columns it selects. */
  prepare<Row>(text: string): Statement<Row>;
  /**
   * Brings the tables of one component up to date: `steps` are SQL scripts, each applied once and in order. A later
   * version of the program only appends to the list. Throws `database_too_new` when a later version was here before.
   */
  migrate(component: string, steps: readonly string[]): void;
  /** Runs `work` in one transaction: all of it is stored or, when it throws, nothing. `work` must not wait. */
  transaction<Result>(work: () => Result): Result;
  close(): void;
}

export interface Statement<Row> {
  get(...values: SQLInputValue[]): Row | undefined;
  all(...values: SQLInputValue[]): Row[];
  /** The number of changed rows. */
  run(...values: SQLInputValue[]): number;
}

export interface DatabaseOptions {
  /** Path of the database; it is created when missing. Default: in memory. */
  readonly file?: string;
}

/** Opens the database. Throws `database_failed` when the file cannot be opened or is none. */
export function openDatabase(options: DatabaseOptions = {}): Database {
  const { file } = options;
  try {
    const sql = new DatabaseSync(file ?? ':memory:');
    // A write-ahead log survives a crash of the process without a flush for each small change.
    sql.exec(`
      PRAGMA busy_timeout = 5000;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = 67108864;
      PRAGMA cache_size = -16000;
      PRAGMA temp_store = FILE;
      PRAGMA temp.cache_size = -8000;
      CREATE TABLE IF NOT EXISTS schema_version (component TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
    `);
    return new SqliteDatabase(sql);
  } catch (error) {
    throw new WorkerError('database_failed', `Cannot open the database ${file ?? 'in memory'}`, {
      hint: 'Check that the directory exists and can be written, and that the file is a database of this program.',
      facts: { file },
      cause: error,
    });
  }
}

class SqliteDatabase implements Database {
  readonly sql: DatabaseSync;

  constructor(sql: DatabaseSync) {
    this.sql = sql;
  }

  prepare<Row>(text: string): Statement<Row> {
    const statement = this.sql.prepare(text);
    // The columns of a row are known from the text of the statement alone, hence the two casts.
    return {
      get: (...values) => statement.get(...values) as Row | undefined,
      all: (...values) => statement.all(...values) as Row[],
      run: (...values) => Number(statement.run(...values).changes),
    };
  }

  migrate(component: string, steps: readonly string[]): void {
    const stored = this.prepare<{ version: number }>('SELECT version FROM schema_version WHERE component = ?');
    const version = stored.get(component)?.version ?? 0;
    if (version > steps.length) {
      throw new WorkerError('database_too_new', `The ${component} tables were written by a later version`, {
        hint: 'Use that version, or another data directory.',
        facts: { component, version, known: steps.length },
      });
    }
    if (version === steps.length) return;
    this.transaction(() => {
      for (const step of steps.slice(version)) this.sql.exec(step);
      this.prepare('INSERT OR REPLACE INTO schema_version VALUES (?, ?)').run(component, steps.length);
    });
  }

  transaction<Result>(work: () => Result): Result {
    this.sql.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.sql.exec('COMMIT');
      return result;
    } catch (error) {
      // A failure such as a full disk may have rolled back already.
      if (this.sql.isTransaction) this.sql.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    if (this.sql.isOpen) this.sql.close();
  }
}
