import { none, type NumberList } from './number-list.ts';
import { PairTable } from './pair-table.ts';

/**
 * The edges of one type between numbered nodes, each once.
 *
 * Edges from a parent are not stored: they follow from the list of parents, and their numbers are those of the nodes they
 * lead to, from `firstParentEdge` on. All others are numbered from 0 in the order in which they came.
 */
export class EdgeTable {
  readonly #parents: NumberList | undefined;
  readonly #pairs = new PairTable();
  #parentEdges = 0;

  /** @param parents  parent of each node or `none`; absent for a type that parents have no edges of */
  constructor(parents?: NumberList) {
    this.#parents = parents;
  }

  get size(): number {
    return this.#pairs.size + this.#parentEdges;
  }

  /** Adds an edge. False when it was there. */
  add(from: number, to: number): boolean {
    return this.#parents?.get(to) !== from && this.#pairs.add(from, to);
  }

  /** Makes the edge from the parent of a node that has none yet. */
  setParent(node: number, parent: number): void {
    const pair = this.#pairs.find(parent, node);
    if (pair !== undefined) this.#pairs.remove(pair);
    this.#parents?.set(node, parent);
    this.#parentEdges += 1;
  }

  from(edge: number): number {
    return isParentEdge(edge) ? (this.#parents?.get(edge - firstParentEdge) ?? none) : this.#pairs.first(edge);
  }

  to(edge: number): number {
    return isParentEdge(edge) ? edge - firstParentEdge : this.#pairs.second(edge);
  }

  isRemoved(edge: number): boolean {
    return this.from(edge) === none;
  }

  /** Removes an edge that does not come from a parent. */
  remove(edge: number): void {
    this.#pairs.remove(edge);
  }

  /** Visits every edge: first those from parents, then the others in their order. */
  forEach(visit: (edge: number, from: number, to: number) => void): void {
    const nodes = this.#parents?.length ?? 0;
    for (let node = 0; node < nodes; node += 1) this.#visit(firstParentEdge + node, visit);
    for (let pair = 0; pair < this.#pairs.end; pair += 1) this.#visit(pair, visit);
  }

  #visit(edge: number, visit: (edge: number, from: number, to: number) => void): void {
    const from = this.from(edge);
    if (from !== none) visit(edge, from, this.to(edge));
  }
}

const firstParentEdge = 0x80000000;

export function isParentEdge(edge: number): boolean {
  return edge >= firstParentEdge;
}
