import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';

import { errorCode } from '../errors.ts';
import type { KindRegistry } from '../kinds/registry.ts';
import { makeDirectory } from '../make-directory.ts';
import type { Generation } from '../protocol/generation.ts';
import type { EdgeType, NodeRow } from '../protocol/graph-line.ts';
import { addNode, known } from './add-node.ts';
import { carryEdge, carryNode } from './carried.ts';
import { completeGraph } from './complete.ts';
import type { FinishedGraph } from './finished-graph.ts';
import type { GraphSink, NodeRef } from './graph-sink.ts';
import { cloudNode, GraphState } from './graph-state.ts';
import { resolveHeld, type FetchStored } from './held.ts';
import { spoolError, type WriteBytes } from './line-writer.ts';
import type { NodeFlags } from './node-line.ts';

export interface AccountGraphOptions {
  /** Directory of this graph alone. It is created, and removed by `discard`. */
  readonly directory: string;
  readonly cloud: { readonly id: string; readonly name: string };
  readonly generation: Generation;
  /** Kind of the node that the core replaces with everything below it. */
  readonly mergeKind: 'account' | 'cloud';
  /** All kinds that may come. */
  readonly registry: KindRegistry;
  /** Flags by node id. */
  readonly flags?: ReadonlyMap<string, NodeFlags>;
  /** Time of the collect. */
  readonly now: Date;
  /** An account with more nodes fails. */
  readonly maxNodes?: number | undefined;
  /** How bytes get into files; `fs.writeSync` unless told otherwise. */
  readonly write?: WriteBytes;
}

/** The graph of one account while it is collected: what a collector sees of it, and what the collect run does around that. */
export interface AccountGraph extends GraphSink {
  /** Nodes so far, without the cloud. */
  readonly size: number;

  /** Nodes with missing properties that wait for `resolveHeld`. */
  readonly held: number;

  /**
   * Keeps a node that the core has from an earlier collect, and marks it as carried. Its edges have to be kept too; without
   * any it is attached to the account.
   *
   * @returns false when nothing was added: the node was seen in this collect, or its kind does not exist any more
   */
  carryNode(row: NodeRow): boolean;

  /** Keeps an edge between two nodes of this graph, given by their node ids. It is counted when one of them is not here. */
  carryEdge(from: string, to: string, type?: EdgeType): void;

  /**
   * Writes the nodes with missing properties, with the values the core has of them.
   *
   * @param fetchStored  finds the reported sections of up to 500 nodes by their node ids
   */
  resolveHeld(fetchStored: FetchStored): Promise<void>;

  /**
   * Completes the graph: nodes that are still held are written as they are, references are resolved, and what the core would
   * refuse is repaired.
   *
   * @throws SpoolError when something could not be written, PluginError `no_account` when there is no account node,
   *   WorkerError `too_many_nodes`. Then there is nothing to upload
   */
  finish(): Promise<FinishedGraph>;

  /** Removes the directory. To be called when the graph is not needed any more, finished or not. */
  discard(): Promise<void>;
}

/** Starts the graph of an account. Throws SpoolError when its files cannot be created. */
export function createAccountGraph(options: AccountGraphOptions): AccountGraph {
  const graph = openState(options);
  return {
    cloud: nodeRef(cloudNode),
    get size() {
      return graph.nodes.size - 1;
    },
    get held() {
      return graph.spool.held;
    },
    add: (kind, node) => nodeRef(addNode(graph, kind, node)),
    edge: (from, to, type = 'default') => {
      graph.assertUsable();
      graph.addEdge(known(graph, from), known(graph, to), type);
    },
    deferredEdge: (from, to, type = 'default') => graph.addDeferredEdge(from, to, type),
    selector: (ref) => ({ node_id: graph.nodes.id(known(graph, ref)) }),
    nodeId: (ref) => graph.nodes.id(known(graph, ref)),
    carryNode: (row) => carryNode(graph, row),
    carryEdge: (from, to, type = 'default') => carryEdge(graph, from, to, type),
    resolveHeld: (fetchStored) => resolveHeld(graph, fetchStored),
    finish: async () => {
      await resolveHeld(graph, async () => new Map());
      return completeGraph(graph);
    },
    discard: async () => {
      graph.spool.abandon();
      graph.deferred.abandon();
      await rm(options.directory, { recursive: true, force: true });
    },
  };
}

function openState(options: AccountGraphOptions): GraphState {
  const { directory } = options;
  try {
    makeDirectory(directory);
  } catch (cause) {
    throw spoolError('create', directory, cause);
  }
  try {
    return new GraphState(options);
  } catch (cause) {
    rmSync(directory, { recursive: true, force: true });
    throw errorCode(cause) === 'spool_failed' ? cause : spoolError('create', directory, cause);
  }
}

// The brand exists for the compiler only: it keeps other numbers out of the sink.
function nodeRef(node: number): NodeRef {
  return node as NodeRef;
}
