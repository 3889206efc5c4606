import type { EdgeType } from '../protocol/graph-line.ts';
import { breakCycles, type BrokenCycle } from './cycles.ts';
import { EdgeTable } from './edge-table.ts';
import type { NodeTable } from './node-table.ts';
import { giveParents } from './reach.ts';

/** The edges of a graph by type. Node 0 is the cloud, which nothing in the graph leads to. */
export class GraphEdges {
  readonly #nodes: NodeTable;
  readonly #default: EdgeTable;
  readonly #tables: ReadonlyMap<string, EdgeTable>;
  /** Nodes that have no parent yet. */
  #loose = 0;

  /** @param types  types the core knows, `default` among them */
  constructor(nodes: NodeTable, types: readonly string[]) {
    this.#nodes = nodes;
    this.#default = new EdgeTable(nodes.parents);
    this.#tables = new Map(types.map((type) => [type, type === 'default' ? this.#default : new EdgeTable()]));
  }

  get size(): number {
    let size = 0;
    for (const table of this.#tables.values()) size += table.size;
    return size;
  }

  setParent(node: number, parent: number): void {
    this.#default.setParent(node, parent);
  }

  /** Says that a node came without parent, so that it has to find one among its edges in the end. */
  addLoose(): void {
    this.#loose += 1;
  }

  /** Adds an edge, once. False when it is none the core would take. */
  add(from: number, to: number, type: EdgeType): boolean {
    const table = this.#tables.get(type);
    if (table === undefined || from === to || to === 0) return false;
    table.add(from, to);
    return true;
  }

  /** Gives loose nodes a parent. Returns those that hung on nothing and are below the anchor now. */
  attachLoose(anchor: number): number[] {
    return this.#loose === 0 ? [] : giveParents(this.#default, this.#nodes.parents, anchor);
  }

  /** The core cannot take a cycle of default edges. Those of the other types mean something: a cleanup has to know them. */
  breakCycles(report: (cycle: BrokenCycle) => void): void {
    if (this.#default.size > 0) breakCycles(this.#default, this.#nodes.size, report);
  }

  forEach(visit: (from: number, to: number, type: string) => void): void {
    for (const [type, table] of this.#tables) table.forEach((_edge, from, to) => visit(from, to, type));
  }
}
