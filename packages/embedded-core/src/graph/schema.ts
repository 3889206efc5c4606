import type { EdgeType } from '@resoto/worker-core';

/**
 * Nodes have a number (`key`) beside their id; edges and owners refer to numbers, which keeps indexes small. Large
 * columns come last: SQLite reads a row only up to the last column asked for.
 *
 * `cloud`, `account`, `region`, `zone` are the nearest owners, the node itself included. `rid` is `reported.id`.
 * `flags` are the FLAG bits of the metadata. `summary` counts the descendants of an owner by kind. `hash` is the hash
 * of the content as it was imported. `deferred` is the time at which a deferred edge was resolved last.
 *
 * An import finds in `nodes_by_id` alone what has changed, without a look at the nodes.
 */
export const GRAPH_SCHEMA = [
  `
  CREATE TABLE graphs (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE kind_names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE nodes (
    key INTEGER PRIMARY KEY,
    graph INTEGER NOT NULL,
    id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    cloud INTEGER, account INTEGER, region INTEGER, zone INTEGER,
    flags INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    hash TEXT NOT NULL,
    rid TEXT,
    summary TEXT, ancestors TEXT, desired TEXT, metadata TEXT, security TEXT, usage TEXT,
    reported TEXT NOT NULL
  );
  CREATE INDEX nodes_by_id ON nodes (graph, id, hash, cloud, account, region, zone);
  CREATE INDEX nodes_by_kind ON nodes (graph, kind);
  CREATE INDEX nodes_by_rid ON nodes (graph, rid);
  CREATE INDEX nodes_by_cloud ON nodes (cloud, kind) WHERE cloud IS NOT NULL;
  CREATE INDEX nodes_by_account ON nodes (account, kind) WHERE account IS NOT NULL;
  CREATE INDEX nodes_by_region ON nodes (region, kind) WHERE region IS NOT NULL;
  CREATE INDEX nodes_by_zone ON nodes (zone, kind) WHERE zone IS NOT NULL;
  CREATE INDEX nodes_flagged ON nodes (graph, flags) WHERE flags <> 0;
  CREATE INDEX nodes_preset ON nodes (graph) WHERE ancestors IS NOT NULL;
  CREATE INDEX nodes_desired ON nodes (graph) WHERE desired IS NOT NULL;
  CREATE TABLE edges (
    source INTEGER, type INTEGER, target INTEGER, deferred INTEGER, reported TEXT,
    PRIMARY KEY (source, type, target)
  ) WITHOUT ROWID;
  CREATE INDEX edges_by_target ON edges (target, type);
  CREATE INDEX edges_deferred ON edges (deferred) WHERE deferred IS NOT NULL;
  CREATE TABLE deferred_edges (
    id INTEGER PRIMARY KEY, graph INTEGER NOT NULL, task TEXT NOT NULL, created INTEGER NOT NULL, line TEXT NOT NULL
  );
  CREATE INDEX deferred_edges_by_task ON deferred_edges (graph, task);
  `,
];

export const OWNERS = ['cloud', 'account', 'region', 'zone'] as const;
export type Owner = (typeof OWNERS)[number];

export const EDGE_TYPES = ['default', 'delete', 'iam'] as const satisfies readonly EdgeType[];

export function edgeTypeNumber(type: EdgeType): number {
  return EDGE_TYPES.indexOf(type);
}

export const FLAG_CLEANED = 1;
export const FLAG_PROTECTED = 2;

/** A stored node. The sections are JSON texts, and there only when they were asked for. */
export interface StoredNode {
  readonly key: number;
  readonly id: string;
  readonly kind: number;
  readonly cloud: number | null;
  readonly account: number | null;
  readonly region: number | null;
  readonly zone: number | null;
  readonly revision: number;
  readonly created: number;
  readonly updated: number;
  readonly summary?: string | null;
  readonly ancestors?: string | null;
  readonly desired?: string | null;
  readonly metadata?: string | null;
  readonly security?: string | null;
  readonly usage?: string | null;
  readonly reported?: string;
}

export type SectionColumn = 'summary' | 'ancestors' | 'desired' | 'metadata' | 'security' | 'usage' | 'reported';

export const SMALL_COLUMNS = 'key, id, kind, cloud, account, region, zone, revision, created, updated';
export const ALL_COLUMNS = `${SMALL_COLUMNS}, summary, ancestors, desired, metadata, security, usage, reported`;
