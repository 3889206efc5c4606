import type { GraphRow, JsonObject, NodeLine } from '@resoto/worker-core';
import type { TestCollect } from '@resoto/worker-core/testing';

/** What a graph holds, sorted, without what the core adds and what tells when it was collected. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** From, type, to. */
  readonly edges: readonly string[];
}

interface GraphNode {
  readonly id: string;
  readonly reported: JsonObject;
}

/** A graph as the core tells it. */
export function graphOf(rows: readonly GraphRow[]): Graph {
  const nodes = rows.flatMap((row) => (row.type === 'node' ? [node(row)] : []));
  const edges = rows.flatMap((row) => (row.type === 'edge' ? [edge(row.from, row.to, row.edge_type)] : []));
  return sorted(nodes, edges);
}

/** The graph a plugin hands over, its deferred edges resolved. */
export function handedOver({ lines }: Pick<TestCollect, 'lines'>): Graph {
  const root = lines.nodes.find(({ reported }) => reported['kind'] === 'graph_root')?.id;
  const stored = (id: string): string => (id === root ? 'root' : id);
  const nodes = lines.nodes.map((line) => node({ ...line, id: stored(line.id) }));
  const edges = lines.edges.map(({ from, to, edge_type: type }) => edge(stored(from), stored(to), type));
  const deferred = lines.deferredEdges.map(({ from_selector: from, to_selector: to, edge_type: type }) =>
    edge(selected(from, lines.nodes), selected(to, lines.nodes), type),
  );
  return sorted(nodes, [...new Set([...edges, ...deferred])]);
}

function selected(
  selector: { readonly node_id?: string; readonly search_criteria?: string },
  nodes: readonly NodeLine[],
): string {
  if (selector.node_id !== undefined) return selector.node_id;
  const id = /reported\.id =+ "?([^"]+)"?$/.exec(selector.search_criteria ?? '')?.[1];
  return nodes.find(({ reported }) => reported['id'] === id)?.id ?? `nothing for ${selector.search_criteria}`;
}

/** Made-up clouds and the core tell the time of the collect here. */
function node({
  id,
  reported: { ctime: _c, mtime: _m, atime: _t, age: _a, last_update: _u, last_access: _l, ...reported },
}: GraphNode): GraphNode {
  return { id, reported };
}

function edge(from: string, to: string, type = 'default'): string {
  return `${from} ${type} ${to}`;
}

function sorted(nodes: readonly GraphNode[], edges: readonly string[]): Graph {
  return { nodes: nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1)), edges: edges.toSorted() };
}
