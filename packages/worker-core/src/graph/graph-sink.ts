import type { EdgeType, Selector } from '../protocol/graph-line.ts';
import type { NodeKind, Reported } from '../kinds/types.ts';
import type { JsonValue } from '../protocol/json.ts';

/** A node inside one sink: a small integer without meaning outside. */
export type NodeRef = number & { readonly nodeRef: unique symbol };

/** Ids (not node ids) of the nodes a node belongs to. They are part of its identity. */
export interface Owners {
  readonly cloud?: string;
  readonly account?: string;
  readonly region?: string;
  readonly zone?: string;
  readonly dnsZone?: string;
}

/** A node as a collector hands it over. */
export interface NodeInput {
  /** Property values, `id` included. `name` defaults to the id, `tags` to `{}`. Null and undefined members are left out. */
  readonly reported: Reported;
  /** Gets a default edge to this node and passes its owners on. */
  readonly parent: NodeRef;
  /** Owners that do not follow from the parent. A null removes an owner. */
  readonly owners?: { readonly [owner in keyof Owners]?: string | null };
  /** Free members of the metadata section, for example `provider_link`. */
  readonly metadata?: Readonly<Record<string, JsonValue>>;
  /** Metric → statistic → number. */
  readonly usage?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The vendor's answer, from which the references of the kind read their values. It is not kept. */
  readonly answer?: unknown;
  /**
   * Properties that could not be read (a denied or failed call). They keep the value the core stored at the last collect,
   * and the node says so in `metadata.incomplete`.
   */
  readonly missing?: readonly string[];
}

/**
 * Takes the nodes and edges of one account as a stream. A node is handed over when it is final: it is checked, identified
 * and written at once, only its id stays in memory. Wrong properties are left out one by one, a node without id is refused,
 * a second node with the same identity is ignored; all of it is counted and reported with the account.
 */
export interface GraphSink {
  /** The cloud node. It is written by the worker. */
  readonly cloud: NodeRef;

  /**
   * Adds a node.
   *
   * @returns its reference; the first node's for a duplicate; the parent's (for a second account the first one's) for a node
   *   that was refused, so that its children stay in the graph
   * @throws SpoolError when the node cannot be written (disk full); the account then fails as a whole
   */
  add(kind: NodeKind, node: NodeInput): NodeRef;

  /** Adds an edge; one that exists is ignored. `delete` means: `from` can be deleted only after `to` is gone. */
  edge(from: NodeRef, to: NodeRef, type?: EdgeType): void;

  /** Adds an edge whose ends may be in another account. The core resolves it after all accounts are imported. */
  deferredEdge(from: Selector, to: Selector, type?: EdgeType): void;

  /** Selector of a node of this sink. */
  selector(ref: NodeRef): Selector;

  /** Node id as on the wire: 22 characters. */
  nodeId(ref: NodeRef): string;
}
