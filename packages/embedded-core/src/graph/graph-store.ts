import type { EdgeRow, ImportResult, JsonObject, JsonValue, NodeRow } from '@resoto/worker-core';
import type { ModelStore } from '../model/model-store.ts';

export interface MergeOptions {
  /** Ties deferred edges to a workflow run; without it they are dropped (protocol 7.4). */
  readonly taskId?: string;
  readonly signal?: AbortSignal;
}

export interface SearchOptions {
  /** `reported`, `desired`, `metadata`, `security` or `/`; relative paths refer to it. Default: absolute paths. */
  readonly section?: string;
  /** Edge types of a navigation that names none, separated by comma. Default `default`. */
  readonly edgeType?: string;
  /** Adds the edges between the nodes of the result: of the types the query walks, or of all when it walks none. */
  readonly withEdges?: boolean;
  /** Values of `{{name}}` templates in the query text. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Absolute paths to sort by when the last part of the query does not sort. Default: order of creation. */
  readonly defaultSort?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface SearchResult {
  /** Nodes in the result. */
  readonly count: number;
  /** Nodes there would be without the last limit. */
  readonly totalCount: number;
  /** Nodes first, then edges. Can be iterated once; gives other work a turn between batches. */
  readonly rows: AsyncIterable<NodeRow | EdgeRow>;
}

export interface DeferredResult {
  /** Deferred edges that were looked at. */
  readonly processed: number;
  /** Edges created or confirmed. */
  readonly updated: number;
  /** Edges of earlier runs that were removed. */
  readonly deleted: number;
  /** Why the others became no edge. */
  readonly skipped: readonly string[];
}

/**
 * All graphs of a core on one database. Every method throws `WorkerError`; its `code` is `unknown_graph` or
 * `unknown_node` (404), else `invalid_graph_name`, `import_aborted`, `import_conflict`, `invalid_query`, `invalid_node`
 * or `revision_conflict` (400).
 */
export interface GraphStore {
  /** Creates the graph unless it is there; gives its root node (protocol 7.1). */
  create(graph: string): NodeRow;
  exists(graph: string): boolean;
  names(): string[];
  model(graph: string): ModelStore;
  /**
   * Imports a body completely or not at all (protocol 7.5 to 7.8).
   *
   * @param lines  lines of NDJSON without line ends, or documents that were parsed already
   */
  merge(graph: string, lines: Lines, options?: MergeOptions): Promise<ImportResult>;
  /** Evaluates a query (protocol 10.3). Errors of the query are thrown before the first row. */
  search(graph: string, query: string, options?: SearchOptions): Promise<SearchResult>;
  /** One node, as a search would give it. */
  node(graph: string, id: string): NodeRow | undefined;
  /** Nodes by id with their four ancestors as full nodes, as tag tasks need them (protocol 6.5). Unknown ids are left out. */
  nodesWithAncestors(graph: string, ids: readonly string[]): NodeRow[];
  /** Merges sections into stored nodes, all or none (protocol 8.3); gives the updated nodes. */
  patchNodes(graph: string, patches: Lines): Promise<NodeRow[]>;
  /** Takes the node a task gave as result: its sections replace the stored ones (protocol 6.5). */
  updateNode(graph: string, node: JsonObject): NodeRow;
  /** Turns the deferred edges of these tasks into edges and forgets them (protocol 7.5). */
  resolveDeferredEdges(graph: string, taskIds: readonly string[], signal?: AbortSignal): Promise<DeferredResult>;
}

export type Lines = AsyncIterable<string | JsonValue> | Iterable<string | JsonValue>;
