import type { Database, Statement } from '../database.ts';
import type { Model } from '../model/model.ts';
import type { KindNames } from './kind-names.ts';
import { NodeView, type ViewContext } from './node-view.ts';
import { ALL_COLUMNS, SMALL_COLUMNS, type SectionColumn, type StoredNode } from './schema.ts';

export interface NodeReaderOptions {
  readonly database: Database;
  readonly kinds: KindNames;
  readonly model: Model;
  readonly now: number;
  readonly tagPrefix: string;
}

/** Owners a reader keeps: in the order of a search, neighbours mostly have the same ones. */
const KEPT = 1000;

/** Reads stored nodes as views, for one request. */
export class NodeReader implements ViewContext {
  readonly model: Model;
  readonly now: number;
  readonly tagPrefix: string;
  readonly #options: NodeReaderOptions;
  readonly #byKey: Statement<StoredNode>;
  readonly #parents: Statement<{ source: number }>;
  readonly #owners = new Map<number, NodeView | undefined>();

  constructor(options: NodeReaderOptions) {
    this.#options = options;
    this.model = options.model;
    this.now = options.now;
    this.tagPrefix = options.tagPrefix;
    this.#byKey = options.database.prepare(`SELECT ${ALL_COLUMNS} FROM nodes WHERE key = ?`);
    this.#parents = options.database.prepare('SELECT source FROM edges WHERE target = ? AND type = 0 ORDER BY source');
  }

  kindName(kind: number): string {
    return this.#options.kinds.nameOf(kind);
  }

  node(key: number): NodeView | undefined {
    if (!this.#owners.has(key)) {
      if (this.#owners.size >= KEPT) this.#owners.clear();
      const row = this.#byKey.get(key);
      this.#owners.set(key, row && new NodeView(row, this));
    }
    return this.#owners.get(key);
  }

  parentsOf(key: number): number[] {
    return this.#parents.all(key).map(({ source }) => source);
  }

  byId(graph: number, id: string): NodeView | undefined {
    const text = `SELECT ${ALL_COLUMNS} FROM nodes WHERE graph = ? AND id = ?`;
    const row = this.#options.database.prepare<StoredNode>(text).get(graph, id);
    return row && new NodeView(row, this);
  }

  /** Nodes by number with the given columns; those that are gone are left out. Keeps the order. */
  batch(columns: ReadonlySet<SectionColumn> | 'all'): (keys: readonly number[]) => NodeView[] {
    const selected = columns === 'all' ? ALL_COLUMNS : [SMALL_COLUMNS, ...columns].join(', ');
    // A cross join is not reordered, so the rows come in the order of the numbers.
    const statement = this.#options.database.prepare<StoredNode>(
      `SELECT ${selected} FROM (SELECT value AS wanted FROM json_each(?)) CROSS JOIN nodes ON nodes.key = wanted`,
    );
    return (keys) => statement.all(JSON.stringify(keys)).map((row) => new NodeView(row, this));
  }
}
