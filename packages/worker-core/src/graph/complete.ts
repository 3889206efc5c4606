import { join } from 'node:path';

import { PluginError } from '../errors.ts';
import { stringifyJson } from '../protocol/json.ts';
import { cycleText } from './describe.ts';
import type { FinishedGraph } from './finished-graph.ts';
import type { GraphState } from './graph-state.ts';
import { LineWriter } from './line-writer.ts';

/** Resolves what is open, repairs what the core would refuse, and writes the edges. All nodes have to be written. */
export function completeGraph(graph: GraphState): FinishedGraph {
  graph.assertUsable();
  if (graph.account === undefined) {
    throw new PluginError(`The collector of ${graph.options.cloud.id} handed over no account`, {
      code: 'no_account',
      hint: 'The account node is added first, below the cloud.',
    });
  }
  graph.spool.close();
  resolveReferences(graph);
  for (const node of graph.edges.attachLoose(graph.account)) {
    graph.problems.add('orphan', graph.kindOf(node), () => graph.text(node));
  }
  breakCycles(graph);
  const edges = writeEdges(graph);
  graph.deferred.close();
  graph.failure = new PluginError(`The graph of ${graph.text(graph.account)} is finished: nothing can be added to it`, {
    code: 'graph_finished',
    hint: 'A collector has to wait for everything it started before it returns.',
  });
  return {
    directory: graph.options.directory,
    files: { nodes: graph.spool.path, edges: edges.path, deferredEdges: graph.deferred.path },
    nodes: graph.nodes.size - 1,
    edges: edges.lines,
    deferredEdges: graph.deferred.lines,
    bytes: graph.spool.bytes + edges.bytes + graph.deferred.bytes,
    account: graph.nodes.id(graph.account),
    carried: graph.carried,
    kindCounts: countKinds(graph),
    problems: graph.problems.list(),
  };
}

function resolveReferences(graph: GraphState): void {
  graph.references.resolve({
    regionOf: (node) => graph.owners.region(graph.nodes.owners(node)),
    link: (from, to, type) => graph.addEdge(from, to, type),
    defer: (node, direction, criteria, type) => {
      const own = { node_id: graph.nodes.id(node) };
      const other = { search_criteria: criteria };
      if (direction === 'out') graph.addDeferredEdge(own, other, type);
      else graph.addDeferredEdge(other, own, type);
    },
    miss: (node, { to }) => {
      graph.problems.add('open_reference', `${graph.kindOf(node)} → ${to}`, () => graph.text(node));
    },
  });
}

function breakCycles(graph: GraphState): void {
  graph.edges.breakCycles(({ nodes, from, to }) => {
    graph.problems.add('cycle', 'default edges', () => {
      const text = (node: number): string => graph.text(node);
      return `${cycleText(nodes, text)}: without ${text(from)} → ${text(to)}`;
    });
  });
}

function writeEdges(graph: GraphState): LineWriter {
  const edges = new LineWriter(join(graph.options.directory, 'edges.ndjson'), graph.options.write);
  try {
    graph.edges.forEach((from, to, type) => {
      const line = { from: graph.nodes.id(from), to: graph.nodes.id(to) };
      edges.writeLine(stringifyJson(type === 'default' ? line : { ...line, edge_type: type }));
    });
    edges.close();
  } finally {
    edges.abandon();
  }
  return edges;
}

function countKinds(graph: GraphState): Map<string, number> {
  const counts = new Map<string, number>();
  for (let node = 1; node < graph.nodes.size; node += 1) {
    const kind = graph.kindOf(node);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}
