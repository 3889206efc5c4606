import { isJsonObject, parseJson, type Generation, type ImportResult, type JsonObject } from '@resoto/worker-core';
import type { Database } from '../../database.ts';
import { metadataFlags, sectionText } from '../content.ts';
import { OWNERS, type Owner } from '../schema.ts';
import type { StageTables } from './staging.ts';

export interface ApplyOptions {
  readonly database: Database;
  readonly tables: StageTables;
  /** Number of the graph. */
  readonly graph: number;
  readonly generation: Generation;
  readonly replace: readonly ReplaceNode[];
  /** Ids of stored clouds below which organisational nodes are compared too; empty without an organizational_root. */
  readonly organizedClouds: readonly string[];
  readonly taskId: string | undefined;
  readonly revision: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface ReplaceNode {
  readonly id: string;
  readonly owner: Owner;
}

/**
 * Compares a staged body with what is stored and applies the difference (protocol 7.8). Has to run inside of a
 * transaction. Everything is done by the database on whole tables, because nothing else can run meanwhile.
 */
export function applyImport(options: ApplyOptions): ImportResult {
  registerFunctions(options.database);
  assignKeys(options);
  collectOwned(options);
  mapEdges(options);
  const edgesDeleted = deleteEdges(options);
  const nodesDeleted = deleteNodes(options);
  const nodesCreated = createNodes(options);
  const nodesUpdated = updateNodes(options);
  const edges = storeEdges(options);
  if (nodesCreated + nodesDeleted + nodesUpdated > 0) summarize(options);
  storeDeferred(options);
  return {
    nodes_created: nodesCreated,
    nodes_updated: nodesUpdated,
    nodes_deleted: nodesDeleted,
    edges_created: edges.created,
    edges_updated: edges.updated,
    edges_deleted: edgesDeleted,
  };
}

/** Gives each staged node the number of its stored row, or a new one, and notes what differs. */
function assignKeys({ database, tables, graph }: ApplyOptions): void {
  const { nodes, places } = tables;
  database
    .prepare(
      `UPDATE ${places}
       SET (key, is_stored, is_changed, has_usage, old_cloud, old_account, old_region, old_zone) = (
         SELECT nodes.key, 1, nodes.hash <> s.hash, s.usage IS NOT NULL, nodes.cloud, nodes.account, nodes.region, nodes.zone
         FROM ${nodes} s JOIN nodes ON nodes.graph = ? AND nodes.id = s.id WHERE s.n = ${places}.n)`,
    )
    .run(graph);
  const last = database.prepare<{ key: number }>('SELECT coalesce(max(key), 0) AS key FROM nodes').get()?.key ?? 0;
  database.prepare(`UPDATE ${places} SET key = ? + n, is_stored = 0 WHERE key IS NULL`).run(last + 1);
  database.sql.exec(`CREATE UNIQUE INDEX temp.${places}_by_key ON ${places} (key)`);
}

/** Collects the numbers of what is stored of the replaced part. */
function collectOwned({ database, tables, graph, replace, organizedClouds }: ApplyOptions): void {
  const find = database.prepare<{ key: number }>('SELECT key FROM nodes WHERE graph = ? AND id = ?');
  const keyOf = (id: string): number[] => find.all(graph, id).map(({ key }) => key);
  for (const { id, owner } of replace) {
    const own = database.prepare(`INSERT OR IGNORE INTO ${tables.owned} SELECT key FROM nodes WHERE ${owner} = ?`);
    for (const key of keyOf(id)) own.run(key);
  }
  const add = database.prepare(`INSERT OR IGNORE INTO ${tables.owned} VALUES (?)`);
  for (const key of organizationalNodes(database, organizedClouds.flatMap(keyOf))) add.run(key);
}

/** What is stored below these clouds, down to the next account, region or zone and without those. */
function organizationalNodes(database: Database, clouds: readonly number[]): number[] {
  const below = database.prepare<{ key: number }>(
    `SELECT nodes.key FROM edges JOIN nodes ON nodes.key = edges.target
     WHERE edges.source = ? AND edges.type = 0 AND nodes.account IS NULL AND nodes.region IS NULL AND nodes.zone IS NULL`,
  );
  const found = new Set<number>();
  const queue = [...clouds];
  for (const key of queue) {
    for (const next of below.all(key)) {
      if (found.has(next.key) || clouds.includes(next.key)) continue;
      found.add(next.key);
      queue.push(next.key);
    }
  }
  return [...found];
}

function mapEdges({ database, tables: { edges, edgeKeys, places } }: ApplyOptions): void {
  database.sql.exec(
    `INSERT INTO ${edgeKeys}
     SELECT f.key, e.type, t.key, e.reported FROM ${edges} e JOIN ${places} f ON f.n = e.source JOIN ${places} t ON t.n = e.target`,
  );
}

/** Edges of the replaced part the body does not have. Deferred edges belong to the runs that resolved them. */
function deleteEdges({ database, tables: { edgeKeys, owned } }: ApplyOptions): number {
  const gone = `deferred IS NULL AND NOT EXISTS (
    SELECT 1 FROM ${edgeKeys} k WHERE k.source = edges.source AND k.type = edges.type AND k.target = edges.target)`;
  const part = `(SELECT key FROM ${owned})`;
  return (
    database.prepare(`DELETE FROM edges WHERE source IN ${part} AND ${gone}`).run() +
    database.prepare(`DELETE FROM edges WHERE target IN ${part} AND source NOT IN ${part} AND ${gone}`).run()
  );
}

function deleteNodes({ database, tables: { places, owned } }: ApplyOptions): number {
  database.sql.exec(`DELETE FROM ${owned} WHERE key IN (SELECT key FROM ${places})`);
  const gone = `(SELECT key FROM ${owned})`;
  database.sql.exec(`DELETE FROM edges WHERE source IN ${gone}; DELETE FROM edges WHERE target IN ${gone}`);
  return database.prepare(`DELETE FROM nodes WHERE key IN ${gone}`).run();
}

const OWNER_KEYS = OWNERS.map((owner) => `(SELECT o.key FROM PLACES o WHERE o.n = p.${owner})`).join(', ');

function createNodes(options: ApplyOptions): number {
  const { database, graph, revision, now } = options;
  const { nodes, places } = options.tables;
  return database
    .prepare(
      `INSERT INTO nodes (key, graph, id, kind, cloud, account, region, zone, flags, revision, created, updated, hash, rid,
                          ancestors, desired, metadata, usage, reported)
       SELECT p.key, ?, s.id, s.kind, ${OWNER_KEYS.replaceAll('PLACES', places)}, s.flags, ?, ?, ?, s.hash, s.rid,
              s.ancestors, s.desired, s.metadata, s.usage, s.reported
       FROM ${places} p JOIN ${nodes} s ON s.n = p.n WHERE p.is_stored = 0`,
    )
    .run(graph, revision, now, now);
}

/** What changed is counted; owners that moved and new metrics are stored beside. */
function updateNodes(options: ApplyOptions): number {
  const { database, generation, revision, now } = options;
  const { nodes, places } = options.tables;
  const metadata = generation === 'fix' ? 'merged_members(nodes.metadata, s.metadata)' : 's.metadata';
  const flags = generation === 'fix' ? `metadata_flags(${metadata})` : 's.flags';
  const from = `FROM ${places} p JOIN ${nodes} s ON s.n = p.n WHERE nodes.key = p.key`;
  const updated = database
    .prepare(
      `UPDATE nodes SET kind = s.kind, flags = ${flags}, revision = ?, updated = ?, hash = s.hash, rid = s.rid,
         ancestors = s.ancestors, desired = coalesce(s.desired, nodes.desired), metadata = ${metadata}, reported = s.reported
       ${from} AND p.is_changed = 1`,
    )
    .run(revision, now);
  database.sql.exec(`UPDATE nodes SET usage = s.usage ${from} AND p.has_usage = 1`);
  const owners = OWNER_KEYS.replaceAll('PLACES', places);
  database.sql.exec(
    `UPDATE nodes SET (cloud, account, region, zone) = (SELECT ${owners}) FROM ${places} p WHERE nodes.key = p.key
     AND p.is_stored = 1 AND (p.old_cloud, p.old_account, p.old_region, p.old_zone) IS NOT (${owners})`,
  );
  return updated;
}

function storeEdges(options: ApplyOptions): { readonly created: number; readonly updated: number } {
  const { database, generation } = options;
  const { edgeKeys } = options.tables;
  const same = `edges.source = k.source AND edges.type = k.type AND edges.target = k.target`;
  if (database.prepare('SELECT 1 FROM edges WHERE deferred IS NOT NULL LIMIT 1').get() !== undefined) {
    database.sql.exec(
      `UPDATE edges SET deferred = NULL FROM ${edgeKeys} k WHERE edges.deferred IS NOT NULL AND ${same}`,
    );
  }
  const change = `UPDATE edges SET reported = k.reported FROM ${edgeKeys} k WHERE ${same} AND edges.reported IS NOT k.reported`;
  const updated = generation === 'fix' ? database.prepare(change).run() : 0;
  const created = database
    .prepare(`INSERT OR IGNORE INTO edges SELECT source, type, target, NULL, reported FROM ${edgeKeys}`)
    .run();
  return { created, updated };
}

/** Counts the descendants of all clouds, accounts, regions and zones of the body; they are their own owners. */
function summarize({ database, tables: { places } }: ApplyOptions): void {
  for (const owner of OWNERS) {
    database.sql.exec(
      `UPDATE nodes SET summary = (
         SELECT nullif(json_group_object(name, count), '{}') FROM (
           SELECT kind_names.name AS name, count(*) AS count FROM nodes d JOIN kind_names ON kind_names.id = d.kind
           WHERE d.${owner} = nodes.key AND d.key <> nodes.key GROUP BY d.kind))
       WHERE key IN (SELECT key FROM ${places} WHERE ${owner} = n)`,
    );
  }
}

/** A run that did not ask for its deferred edges in this time never will. */
const DEFERRED_KEPT = 2 * 3_600_000;

function storeDeferred({ database, tables: { deferred }, graph, taskId, now }: ApplyOptions): void {
  database.prepare('DELETE FROM deferred_edges WHERE created < ?').run(now - DEFERRED_KEPT);
  if (taskId === undefined) return;
  database
    .prepare(`INSERT INTO deferred_edges (graph, task, created, line) SELECT ?, ?, ?, line FROM ${deferred}`)
    .run(graph, taskId, now);
}

const registered = new WeakSet<Database>();

function registerFunctions(database: Database): void {
  if (registered.has(database)) return;
  registered.add(database);
  database.sql.function('merged_members', { deterministic: true }, (base, update) =>
    sectionText({ ...section(base), ...section(update) }),
  );
  database.sql.function('metadata_flags', { deterministic: true }, (metadata) => metadataFlags(section(metadata)));
}

function section(text: unknown): JsonObject {
  const value = typeof text === 'string' ? parseJson(text) : undefined;
  return isJsonObject(value) ? value : {};
}
