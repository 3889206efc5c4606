import type { GraphRow, NodeRow } from '@resoto/worker-core/plugin';

const none: readonly NodeRow[] = [];

/** Nodes and what has to be deleted before them. */
export class DeleteGraph {
  readonly #nodes = new Map<string, NodeRow>();
  readonly #after = new Map<string, NodeRow[]>();
  readonly #before = new Map<string, NodeRow[]>();

  static async read(rows: AsyncIterable<GraphRow>): Promise<DeleteGraph> {
    const graph = new DeleteGraph();
    for await (const row of rows) {
      if (row.type === 'node') graph.#nodes.set(row.id, row);
      else if (row.edge_type === 'delete') graph.#connect(row.from, row.to);
    }
    return graph;
  }

  get nodes(): Iterable<NodeRow> {
    return this.#nodes.values();
  }

  /** What has to be deleted before a node. */
  successors({ id }: NodeRow): readonly NodeRow[] {
    return this.#after.get(id) ?? none;
  }

  /** What a node has to be deleted before. */
  predecessors({ id }: NodeRow): readonly NodeRow[] {
    return this.#before.get(id) ?? none;
  }

  /** Everything that has to be deleted before a node, directly or not. */
  descendants(node: NodeRow): readonly NodeRow[] {
    const seen = new Set([node]);
    for (const found of seen) for (const next of this.successors(found)) seen.add(next);
    return [...seen].slice(1);
  }

  // An edge comes after both of its nodes.
  #connect(fromId: string, toId: string): void {
    const from = this.#nodes.get(fromId);
    const to = this.#nodes.get(toId);
    if (from === undefined || to === undefined) return;
    append(this.#after, fromId, to);
    append(this.#before, toId, from);
  }
}

function append(map: Map<string, NodeRow[]>, id: string, node: NodeRow): void {
  const known = map.get(id);
  if (known === undefined) map.set(id, [node]);
  else known.push(node);
}
