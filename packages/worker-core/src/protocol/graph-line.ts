/** The lines of a graph on the wire (protocol 7.5, 8.1): of an upload, and of the answer to a search. */
import type { JsonObject } from './json.ts';

/** `iam` exists in the fix generation only. */
export type EdgeType = 'default' | 'delete' | 'iam';

/** A node of an upload. `reported` holds at least `kind`. */
export interface NodeLine {
  readonly id: string;
  readonly reported: JsonObject;
  readonly desired?: JsonObject;
  readonly metadata?: JsonObject;
  /** Metric → statistic → number. Never null: that aborts the import. */
  readonly usage?: JsonObject;
}

/** An edge of an upload; without type it is a default edge. */
export interface EdgeLine {
  readonly from: string;
  readonly to: string;
  readonly edge_type?: EdgeType;
  /** Fix generation only. */
  readonly reported?: JsonObject;
}

/** One end of a deferred edge: a node id, or a query without section that has to match exactly one node. */
export type Selector = { readonly node_id: string } | { readonly search_criteria: string };

/** An edge whose ends may be outside of the upload. The core resolves it in a later workflow step. */
export interface DeferredEdgeLine {
  readonly from_selector: Selector;
  readonly to_selector: Selector;
  readonly edge_type?: EdgeType;
  /** Fix generation only. */
  readonly reported?: JsonObject;
}

export type GraphLine = NodeLine | EdgeLine | DeferredEdgeLine;

/** The result of an import (protocol 7.4). */
export interface ImportResult {
  readonly nodes_created: number;
  readonly nodes_updated: number;
  readonly nodes_deleted: number;
  readonly edges_created: number;
  readonly edges_updated: number;
  readonly edges_deleted: number;
}

/** A node as the core answers it; empty sections are left out. */
export interface NodeRow extends NodeLine {
  readonly type: 'node';
  readonly revision?: string;
  readonly security?: JsonObject;
  readonly ancestors?: JsonObject;
}

export interface EdgeRow extends EdgeLine {
  readonly type: 'edge';
}

export type GraphRow = NodeRow | EdgeRow;

/** A change of a stored node (protocol 8.3). Sections are merged into the stored ones; null removes a section. */
export interface NodePatch {
  readonly id: string;
  readonly revision?: string;
  readonly reported?: JsonObject;
  readonly desired?: JsonObject | null;
  readonly metadata?: JsonObject | null;
}
