import {
  generationNames,
  WorkerError,
  type Generation,
  type ImportResult,
  type JsonObject,
  type NodeRow,
} from '@resoto/worker-core';
import type { Database } from '../database.ts';
import { MODEL_SCHEMA, openModelStore, type ModelStore } from '../model/model-store.ts';
import { search, type SearchContext } from '../query/search.ts';
import { resolveDeferred } from './deferred.ts';
import type { DeferredResult, GraphStore, Lines, MergeOptions, SearchOptions, SearchResult } from './graph-store.ts';
import { Claims } from './import/claims.ts';
import { importGraph } from './import/merge.ts';
import { openKindNames, type KindNames } from './kind-names.ts';
import { NodeReader } from './node-reader.ts';
import { NodeWriter } from './node-writer.ts';
import { collectPatches } from './patches.ts';
import { GRAPH_SCHEMA } from './schema.ts';

export interface GraphStoreOptions {
  readonly database: Database;
  readonly generation: Generation;
  /** Milliseconds since the epoch. Default: the clock. */
  readonly now?: () => number;
}

/** Opens the graphs of a database. */
export function openGraphStore(options: GraphStoreOptions): GraphStore {
  options.database.migrate('model', MODEL_SCHEMA);
  options.database.migrate('graph', GRAPH_SCHEMA);
  return new SqliteGraphStore(options);
}

class SqliteGraphStore implements GraphStore {
  readonly #database: Database;
  readonly #generation: Generation;
  readonly #now: () => number;
  readonly #kinds: KindNames;
  readonly #models = new Map<string, ModelStore>();
  readonly #claims = new Claims();
  #imports = 0;
  #lastRevision = 0;

  constructor({ database, generation, now }: GraphStoreOptions) {
    this.#database = database;
    this.#generation = generation;
    this.#now = now ?? Date.now;
    this.#kinds = openKindNames(database);
  }

  create(graph: string): NodeRow {
    if (!/^[A-Za-z0-9]+$/.test(graph)) {
      throw new WorkerError('invalid_graph_name', `Graph name ${graph} has other characters than letters and digits`, {
        facts: { graph },
      });
    }
    if (!this.exists(graph)) {
      this.#kinds.register(['graph_root']);
      this.#database.transaction(() => {
        this.#database.prepare('INSERT INTO graphs (name) VALUES (?)').run(graph);
        this.#writer(graph).create('root', { kind: 'graph_root', name: 'root' });
      });
    }
    const root = this.node(graph, 'root');
    if (root === undefined)
      throw new WorkerError('unknown_node', `Graph ${graph} has lost its root`, { facts: { graph } });
    return root;
  }

  exists(graph: string): boolean {
    return this.#find(graph) !== undefined;
  }

  names(): string[] {
    const rows = this.#database.prepare<{ name: string }>('SELECT name FROM graphs ORDER BY id').all();
    return rows.map(({ name }) => name);
  }

  model(graph: string): ModelStore {
    this.#numberOf(graph);
    const known = this.#models.get(graph);
    if (known !== undefined) return known;
    const model = openModelStore({
      database: this.#database,
      generation: this.#generation,
      scope: `graph ${graph}`,
      ofNodes: true,
    });
    this.#models.set(graph, model);
    return model;
  }

  async merge(graph: string, lines: Lines, options: MergeOptions = {}): Promise<ImportResult> {
    return importGraph(lines, {
      database: this.#database,
      kinds: this.#kinds,
      model: this.model(graph).current(),
      generation: this.#generation,
      claims: this.#claims,
      graph: this.#numberOf(graph),
      number: (this.#imports += 1),
      nextRevision: () => this.#nextRevision(),
      now: this.#now,
      taskId: options.taskId,
      signal: options.signal,
    });
  }

  async search(graph: string, query: string, options: SearchOptions = {}): Promise<SearchResult> {
    const { count, totalCount, rows } = await search(query, options, this.#searchContext(graph));
    return { count, totalCount, rows };
  }

  node(graph: string, id: string): NodeRow | undefined {
    return this.#reader(graph).byId(this.#numberOf(graph), id)?.toRow();
  }

  nodesWithAncestors(graph: string, ids: readonly string[]): NodeRow[] {
    const reader = this.#reader(graph);
    const number = this.#numberOf(graph);
    return ids.flatMap((id) => reader.byId(number, id)?.toRowWithAncestors() ?? []);
  }

  async patchNodes(graph: string, patches: Lines): Promise<NodeRow[]> {
    const collected = await collectPatches(patches, this.#generation);
    const writer = this.#writer(graph);
    const changed = this.#database.transaction(() => collected.flatMap((patch) => writer.patch(patch) ?? []));
    const reader = this.#reader(graph);
    return changed.flatMap((key) => reader.node(key)?.toRow() ?? []);
  }

  updateNode(graph: string, node: JsonObject): NodeRow {
    const writer = this.#writer(graph);
    const key = this.#database.transaction(() => writer.replace(node));
    const stored = this.#reader(graph).node(key);
    if (stored === undefined) throw new WorkerError('unknown_node', 'The node is gone', { facts: { graph } });
    return stored.toRow();
  }

  async resolveDeferredEdges(graph: string, taskIds: readonly string[], signal?: AbortSignal): Promise<DeferredResult> {
    return resolveDeferred(taskIds, { ...this.#searchContext(graph), now: this.#now(), signal });
  }

  #searchContext(graph: string): SearchContext {
    return {
      database: this.#database,
      kinds: this.#kinds,
      graph: this.#numberOf(graph),
      generation: this.#generation,
      reader: this.#reader(graph),
    };
  }

  #reader(graph: string): NodeReader {
    return new NodeReader({
      database: this.#database,
      kinds: this.#kinds,
      model: this.model(graph).current(),
      now: this.#now(),
      tagPrefix: generationNames[this.#generation].tagPrefix,
    });
  }

  #writer(graph: string): NodeWriter {
    return new NodeWriter({
      database: this.#database,
      kinds: this.#kinds,
      model: this.model(graph).current(),
      generation: this.#generation,
      graph: this.#numberOf(graph),
      revision: this.#nextRevision(),
      now: this.#now(),
    });
  }

  #find(graph: string): number | undefined {
    return this.#database.prepare<{ id: number }>('SELECT id FROM graphs WHERE name = ?').get(graph)?.id;
  }

  #numberOf(graph: string): number {
    const number = this.#find(graph);
    if (number !== undefined) return number;
    throw new WorkerError('unknown_graph', `No graph with this name ${graph}`, { facts: { graph } });
  }

  /** Grows with the clock, so that it also grows over a restart, and by one where the clock is too slow. */
  #nextRevision(): number {
    this.#lastRevision = Math.max(this.#lastRevision + 1, Date.now() * 16);
    return this.#lastRevision;
  }
}
