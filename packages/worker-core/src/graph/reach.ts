import type { EdgeTable } from './edge-table.ts';
import { none, type NumberList } from './number-list.ts';
import { outgoing, type Outgoing } from './outgoing.ts';

/**
 * Gives every node a parent, so that the graph hangs together: one that is reached over default edges from the first node
 * takes the edge it was reached by, one that is not gets the anchor as parent, and what hangs below it stays there.
 *
 * @param parents  parent of each node or `none`; the list behind the edges
 * @returns the nodes that were attached to the anchor
 */
export function giveParents(edges: EdgeTable, parents: NumberList, anchor: number): number[] {
  const nodes = parents.length;
  const search = new Search(edges, outgoing(edges, nodes), parents);
  search.from(0);
  const attached: number[] = [];
  const attach = (node: number): void => {
    if (search.isReached(node)) return;
    edges.setParent(node, anchor);
    attached.push(node);
    search.from(node);
  };
  for (const node of tops(edges, nodes)) attach(node);
  for (let node = 0; node < nodes; node += 1) attach(node);
  return attached;
}

/** Nodes without incoming edges. Attaching these first leaves most of what hangs together as it was. */
function tops(edges: EdgeTable, nodes: number): number[] {
  const hasIncoming = new Uint8Array(nodes);
  edges.forEach((_edge, _from, to) => {
    hasIncoming[to] = 1;
  });
  const found: number[] = [];
  for (let node = 1; node < nodes; node += 1) if (hasIncoming[node] === 0) found.push(node);
  return found;
}

class Search {
  readonly #table: EdgeTable;
  readonly #outgoing: Outgoing;
  readonly #parents: NumberList;
  readonly #reached: Uint8Array;
  readonly #queue: Uint32Array;

  constructor(table: EdgeTable, edges: Outgoing, parents: NumberList) {
    this.#table = table;
    this.#outgoing = edges;
    this.#parents = parents;
    this.#reached = new Uint8Array(parents.length);
    this.#queue = new Uint32Array(parents.length);
  }

  isReached(node: number): boolean {
    return this.#reached[node] === 1;
  }

  from(start: number): void {
    let end = 0;
    this.#reached[start] = 1;
    this.#queue[end++] = start;
    for (let first = 0; first < end; first += 1) {
      const node = this.#queue[first] ?? 0;
      const edgesEnd = this.#outgoing.starts[node + 1] ?? 0;
      for (let at = this.#outgoing.starts[node] ?? 0; at < edgesEnd; at += 1) {
        const to = this.#table.to(this.#outgoing.edges[at] ?? 0);
        if (this.#reached[to] === 1) continue;
        if (this.#parents.get(to) === none) this.#table.setParent(to, node);
        this.#reached[to] = 1;
        this.#queue[end++] = to;
      }
    }
  }
}
