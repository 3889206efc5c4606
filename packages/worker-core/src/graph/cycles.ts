import { isParentEdge, type EdgeTable } from './edge-table.ts';
import { outgoing, type Outgoing } from './outgoing.ts';

/** A cycle that was broken: its nodes in the direction of the edges, and the edge that was removed. */
export interface BrokenCycle {
  readonly nodes: readonly number[];
  readonly from: number;
  readonly to: number;
}

/**
 * Removes edges until those of one type have no cycle left. Of each cycle goes the edge that was added last, so references,
 * which are resolved in the end, go before what a collector said; never an edge from a parent.
 *
 * One walk over all nodes and edges; what a removed edge had led to is walked again.
 */
export function breakCycles(table: EdgeTable, nodes: number, report: (cycle: BrokenCycle) => void): void {
  const walk = new Walk(table, outgoing(table, nodes), nodes);
  for (let node = 0; node < nodes; node += 1) walk.from(node, report);
}

/** A depth-first walk without recursion, because a graph may be deeper than the call stack. */
class Walk {
  readonly #table: EdgeTable;
  readonly #outgoing: Outgoing;
  readonly #next: Uint32Array;
  readonly #state: Uint8Array;
  /** The way to the current node, and the edges it took: `edges[i]` leads to `path[i]`. */
  readonly #path: Uint32Array;
  readonly #edges: Uint32Array;
  #depth = 0;

  constructor(table: EdgeTable, edges: Outgoing, nodes: number) {
    this.#table = table;
    this.#outgoing = edges;
    this.#next = edges.starts.slice();
    this.#state = new Uint8Array(nodes);
    this.#path = new Uint32Array(nodes);
    this.#edges = new Uint32Array(nodes);
  }

  from(start: number, report: (cycle: BrokenCycle) => void): void {
    if (this.#state[start] !== unseen) return;
    this.#enter(start, startEdge);
    while (this.#depth > 0) {
      const edge = this.#nextEdge(at(this.#path, this.#depth - 1));
      if (edge === undefined) this.#leave();
      else this.#follow(edge, report);
    }
  }

  #nextEdge(node: number): number | undefined {
    const next = at(this.#next, node);
    if (next === at(this.#outgoing.starts, node + 1)) return undefined;
    this.#next[node] = next + 1;
    return at(this.#outgoing.edges, next);
  }

  #follow(edge: number, report: (cycle: BrokenCycle) => void): void {
    if (this.#table.isRemoved(edge)) return;
    const to = this.#table.to(edge);
    if (this.#state[to] === unseen) this.#enter(to, edge);
    else if (this.#state[to] === onPath) report(this.#break(edge, to));
  }

  #enter(node: number, edge: number): void {
    this.#state[node] = onPath;
    this.#path[this.#depth] = node;
    this.#edges[this.#depth] = edge;
    this.#depth += 1;
  }

  #leave(): void {
    this.#depth -= 1;
    this.#state[at(this.#path, this.#depth)] = done;
  }

  #break(closing: number, first: number): BrokenCycle {
    let start = this.#depth - 1;
    let last = closing;
    let lastAt = this.#depth;
    for (; at(this.#path, start) !== first; start -= 1) {
      const edge = at(this.#edges, start);
      if (!isParentEdge(edge) && (isParentEdge(last) || edge > last)) [last, lastAt] = [edge, start];
    }
    const cycle = {
      nodes: [...this.#path.subarray(start, this.#depth)],
      from: this.#table.from(last),
      to: this.#table.to(last),
    };
    this.#table.remove(last);
    this.#unwind(lastAt);
    return cycle;
  }

  /** Goes back to before an edge of the way. What lay behind it may still be reached in other ways. */
  #unwind(depth: number): void {
    while (this.#depth > depth) {
      this.#depth -= 1;
      const node = at(this.#path, this.#depth);
      this.#state[node] = unseen;
      this.#next[node] = at(this.#outgoing.starts, node);
    }
  }
}

const unseen = 0;
const onPath = 1;
const done = 2;
const startEdge = 0xffffffff;

function at(list: Uint32Array, index: number): number {
  return list[index] ?? 0;
}
