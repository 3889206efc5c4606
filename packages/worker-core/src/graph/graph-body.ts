import { createReadStream } from 'node:fs';

import { stringifyJson } from '../protocol/json.ts';
import type { FinishedGraph } from './finished-graph.ts';
import { headerLines, type GraphHeader } from './header.ts';
import { spoolError } from './line-writer.ts';

/** The body of one upload, from complete files. */
export interface GraphBody {
  readonly nodes: number;
  readonly edges: number;
  readonly deferredEdges: number;
  readonly bytes: number;
  /** Reads the body from its beginning; to be called for every attempt. Ends with SpoolError when a file cannot be read. */
  open(): AsyncGenerator<Uint8Array, void, undefined>;
}

/**
 * Graphs of accounts of one cloud as a body for the merge endpoint: all nodes, then all edges, then all deferred edges, so
 * that a body that was cut off has no single root and is refused. The graphs share nothing but graph root and cloud.
 */
export function graphBody(header: GraphHeader, graphs: readonly FinishedGraph[]): GraphBody {
  const lines = headerLines(header);
  const nodes = Buffer.from(lines.nodes.map((line) => `${stringifyJson(line)}\n`).join(''));
  const edges = Buffer.from(lines.edges.map((line) => `${stringifyJson(line)}\n`).join(''));
  const sum = (count: (graph: FinishedGraph) => number): number =>
    graphs.reduce((total, graph) => total + count(graph), 0);
  return {
    nodes: lines.nodes.length + sum((graph) => graph.nodes),
    edges: lines.edges.length + sum((graph) => graph.edges),
    deferredEdges: sum((graph) => graph.deferredEdges),
    bytes: nodes.length + edges.length + sum((graph) => graph.bytes),
    async *open() {
      yield nodes;
      for (const { files } of graphs) yield* readFile(files.nodes);
      yield edges;
      for (const { files } of graphs) yield* readFile(files.edges);
      for (const { files } of graphs) yield* readFile(files.deferredEdges);
    },
  };
}

async function* readFile(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* createReadStream(path, { highWaterMark: pieceBytes });
  } catch (cause) {
    throw spoolError('read', path, cause);
  }
}

const pieceBytes = 256 * 1024;
