import { isJsonObject, parseJson, type EdgeType, type JsonObject } from '@resoto/worker-core';
import { textOf } from '../json.ts';
import { search, type SearchContext } from '../query/search.ts';
import { sectionText } from './content.ts';
import type { DeferredResult } from './graph-store.ts';
import { EDGE_TYPES, edgeTypeNumber } from './schema.ts';

export interface ResolveContext extends SearchContext {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal | undefined;
}

interface StoredEdge {
  readonly from: JsonObject;
  readonly to: JsonObject;
  readonly type: EdgeType;
  readonly reported: JsonObject | undefined;
}

interface Resolved extends StoredEdge {
  readonly source: number;
  readonly target: number;
}

type Found = { readonly key: number } | { readonly reason: string };

/** Resolves the deferred edges of some tasks, stores them and forgets what they were made from (protocol 7.5). */
export async function resolveDeferred(taskIds: readonly string[], context: ResolveContext): Promise<DeferredResult> {
  const { database, graph } = context;
  const tasks = JSON.stringify(taskIds);
  const rows = database
    .prepare<{ id: number; line: string }>(
      'SELECT id, line FROM deferred_edges WHERE graph = ? AND task IN (SELECT value FROM json_each(?)) ORDER BY id',
    )
    .all(graph, tasks);
  const ends = new Ends(context);
  const resolved: Resolved[] = [];
  const skipped: string[] = [];
  for (const row of rows) {
    const edge = readEdge(row.line);
    const result = edge === undefined ? 'its stored form cannot be read' : await resolveEdge(edge, ends, context);
    if (typeof result === 'string') skipped.push(result);
    else resolved.push(result);
  }
  return database.transaction(() => {
    const { updated, types } = storeEdges(resolved, context);
    const deleted = types.reduce((sum, type) => sum + removeOlder(type, context), 0);
    const forget = database.prepare('DELETE FROM deferred_edges WHERE id = ?');
    for (const { id } of rows) forget.run(id);
    return { processed: rows.length, updated, deleted, skipped };
  });
}

async function resolveEdge(edge: StoredEdge, ends: Ends, context: ResolveContext): Promise<Resolved | string> {
  const from = await ends.find(edge.from);
  if ('reason' in from) return from.reason;
  const to = await ends.find(edge.to);
  if ('reason' in to) return to.reason;
  if (edge.type === 'default' && isBelow(from.key, to.key, context)) {
    return `the default edge ${endText(edge.from)} to ${endText(edge.to)} would close a cycle`;
  }
  return { ...edge, source: from.key, target: to.key };
}

/** Finds the ends of edges; the same criteria are searched once. */
class Ends {
  readonly #context: ResolveContext;
  readonly #found = new Map<string, Promise<Found>>();

  constructor(context: ResolveContext) {
    this.#context = context;
  }

  find(selector: JsonObject): Promise<Found> {
    const text = JSON.stringify(selector);
    const known = this.#found.get(text) ?? this.#search(selector);
    this.#found.set(text, known);
    return known;
  }

  async #search(selector: JsonObject): Promise<Found> {
    const { reader, graph, signal } = this.#context;
    const id = selector['node_id'];
    if (typeof id === 'string') {
      const node = reader.byId(graph, id);
      return node === undefined ? { reason: `no node has the id ${id}` } : { key: node.row.key };
    }
    const criteria = textOf(selector['search_criteria']);
    try {
      const { keys } = await search(criteria, signal === undefined ? {} : { signal }, this.#context);
      const [key] = keys;
      if (key !== undefined && keys.length === 1) return { key };
      return { reason: `${keys.length} nodes instead of one match ${criteria}` };
    } catch (error) {
      signal?.throwIfAborted();
      return { reason: `${criteria}: ${String(error)}` };
    }
  }
}

/** Whether a node is another one or, over default edges, below it. */
function isBelow(key: number, other: number, { reader }: ResolveContext): boolean {
  const seen = new Set([key]);
  for (const next of seen) {
    if (next === other) return true;
    for (const parent of reader.parentsOf(next)) seen.add(parent);
  }
  return false;
}

/** Edges a collect has imported stay what they are. */
function storeEdges(
  edges: readonly Resolved[],
  { database, now }: ResolveContext,
): { updated: number; types: number[] } {
  const store = database.prepare(
    `INSERT INTO edges (source, type, target, deferred, reported) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET deferred = excluded.deferred, reported = excluded.reported WHERE deferred IS NOT NULL`,
  );
  const types = new Set<number>();
  let updated = 0;
  for (const { source, target, type, reported } of edges) {
    const stored = store.run(source, edgeTypeNumber(type), target, now, sectionText(reported));
    if (stored > 0) types.add(edgeTypeNumber(type));
    updated += stored;
  }
  return { updated, types: [...types] };
}

function removeOlder(type: number, { database, graph, now }: ResolveContext): number {
  return database
    .prepare(
      `DELETE FROM edges WHERE deferred < ? AND type = ?
       AND EXISTS (SELECT 1 FROM nodes WHERE nodes.key = edges.source AND nodes.graph = ?)`,
    )
    .run(now, type, graph);
}

function readEdge(line: string): StoredEdge | undefined {
  const json = parseJson(line);
  if (!isJsonObject(json)) return undefined;
  const { from, to, reported } = json;
  const type = EDGE_TYPES.find((known) => known === json['type']);
  if (!isJsonObject(from) || !isJsonObject(to) || type === undefined) return undefined;
  return { from, to, type, reported: isJsonObject(reported) ? reported : undefined };
}

function endText(selector: JsonObject): string {
  return textOf(selector['node_id'] ?? selector['search_criteria']);
}
