/** Which node has to go before which, in flat arrays: a hundred thousand nodes are a usual cleanup of a large organisation. */

/** What an edge from a node to another one holds back. */
export const Hold = {
  /** Nothing: the tie is cut by a step of the waiting node itself, or leads nowhere. */
  nothing: 0,
  /** Both step and deletion wait until the other one is gone. */
  all: 1,
  /** Only the deletion waits until the other one is gone; the step goes ahead, because others wait for it. */
  deletion: 2,
  /** The deletion waits for the step of the other one. */
  untilStep: 3,
} as const;

export interface HoldingEdge {
  readonly from: number;
  readonly to: number;
  readonly hold: number;
}

export class DeleteGraph {
  readonly size: number;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** One of {@link Hold} per edge. */
  readonly hold: Uint8Array;
  readonly #out: Index;
  readonly #in: Index;

  constructor(size: number, edges: readonly (readonly [from: number, to: number])[]) {
    this.size = size;
    this.from = Uint32Array.from(edges, ([from]) => from);
    this.to = Uint32Array.from(edges, ([, to]) => to);
    this.hold = new Uint8Array(edges.length).fill(Hold.all);
    this.#out = index(this.from, size);
    this.#in = index(this.to, size);
  }

  /** The graph with more edges. */
  with(added: readonly HoldingEdge[]): DeleteGraph {
    if (added.length === 0) return this;
    const edges = Array.from(this.from, (from, edge) => [from, at(this.to, edge)] as const);
    const graph = new DeleteGraph(this.size, [...edges, ...added.map(({ from, to }) => [from, to] as const)]);
    graph.hold.set(this.hold);
    added.forEach(({ hold }, index) => (graph.hold[edges.length + index] = hold));
    return graph;
  }

  /** Edges to what has to go before a node. */
  waits(node: number): Uint32Array {
    return slice(this.#out, node);
  }

  /** Edges from what waits for a node. */
  dependents(node: number): Uint32Array {
    return slice(this.#in, node);
  }
}

/** What a search for tangles notes of each node. One for all searches in a graph, so that a small one costs little. */
export class TangleNotes {
  readonly order: Uint32Array;
  readonly low: Uint32Array;
  readonly open: Uint8Array;
  readonly next: Uint32Array;

  constructor({ size }: Pick<DeleteGraph, 'size'>) {
    this.order = new Uint32Array(size);
    this.low = new Uint32Array(size);
    this.open = new Uint8Array(size);
    this.next = new Uint32Array(size);
  }
}

/**
 * Components of more than one node in which every node has to go before every other one, over the edges that count.
 * A walk without recursion (Tarjan), because chains may be longer than the call stack.
 */
export function tangles(
  graph: DeleteGraph,
  nodes: Iterable<number>,
  counts: (edge: number) => boolean,
  { order, low, open, next } = new TangleNotes(graph),
): readonly (readonly number[])[] {
  const found: number[][] = [];
  const entered: number[] = [];
  const waiting: number[] = [];
  const path: number[] = [];
  let number = 0;

  const enter = (node: number): void => {
    order[node] = low[node] = ++number;
    open[node] = 1;
    entered.push(node);
    waiting.push(node);
    path.push(node);
  };
  const leave = (node: number): void => {
    path.pop();
    const above = path.at(-1);
    if (above !== undefined) low[above] = Math.min(at(low, above), at(low, node));
    if (at(low, node) !== at(order, node)) return;
    const component = waiting.splice(waiting.lastIndexOf(node));
    for (const member of component) open[member] = 0;
    if (component.length > 1) found.push(component);
  };
  const step = (node: number): void => {
    const edges = graph.waits(node);
    const edge = edges[at(next, node)];
    if (edge === undefined) {
      leave(node);
      return;
    }
    next[node] = at(next, node) + 1;
    if (!counts(edge)) return;
    const target = at(graph.to, edge);
    if (at(order, target) === 0) enter(target);
    else if (open[target] === 1) low[node] = Math.min(at(low, node), at(order, target));
  };

  for (const root of nodes) {
    if (at(order, root) !== 0) continue;
    enter(root);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) step(node);
  }
  for (const node of entered) order[node] = next[node] = 0;
  return found;
}

interface Index {
  readonly starts: Uint32Array;
  readonly edges: Uint32Array;
}

/** Edges sorted by one of their ends. */
function index(ends: Uint32Array, size: number): Index {
  const starts = new Uint32Array(size + 1);
  for (const end of ends) starts[end + 1] = at(starts, end + 1) + 1;
  for (let node = 0; node < size; node += 1) starts[node + 1] = at(starts, node + 1) + at(starts, node);
  const free = starts.slice();
  const edges = new Uint32Array(ends.length);
  ends.forEach((end, edge) => {
    edges[at(free, end)] = edge;
    free[end] = at(free, end) + 1;
  });
  return { starts, edges };
}

function slice({ starts, edges }: Index, node: number): Uint32Array {
  return edges.subarray(at(starts, node), at(starts, node + 1));
}

export function at(list: Uint32Array | Uint8Array | Int32Array, position: number): number {
  return list[position] ?? 0;
}
