/** Which nodes may go, as others go: the bookkeeping of a walk. */
import { at, Hold } from './delete-graph.ts';
import type { CleanupPlan } from './plan.ts';

export class Order {
  readonly #plan: CleanupPlan;
  /** Per node: what the step, and what the deletion still waits for. */
  readonly #stepWaits: Uint32Array;
  readonly #deleteWaits: Uint32Array;
  readonly #stepDone: Uint8Array;
  readonly #gone: Uint8Array;
  readonly #ranks: Uint32Array;

  constructor(plan: CleanupPlan) {
    const { size, hold, from } = plan.graph;
    this.#plan = plan;
    this.#stepWaits = new Uint32Array(size);
    this.#deleteWaits = new Uint32Array(size);
    this.#stepDone = new Uint8Array(size);
    this.#gone = new Uint8Array(size);
    for (let edge = 0; edge < hold.length; edge += 1) {
      const waiting = at(from, edge);
      if (hold[edge] === Hold.nothing) continue;
      this.#deleteWaits[waiting] = at(this.#deleteWaits, waiting) + 1;
      if (hold[edge] === Hold.all) this.#stepWaits[waiting] = at(this.#stepWaits, waiting) + 1;
    }
    this.#ranks = ranks(plan);
  }

  /** Length of the longest chain that waits for a node: the longest one decides how long the walk takes. */
  rank(node: number): number {
    return at(this.#ranks, node);
  }

  hasStep(node: number): boolean {
    return this.#plan.nodes[node]?.cleanup?.prepare !== undefined;
  }

  isStepDone(node: number): boolean {
    return this.#stepDone[node] === 1;
  }

  mayPrepare(node: number): boolean {
    return this.hasStep(node) && !this.isStepDone(node) && this.#stepWaits[node] === 0;
  }

  mayDelete(node: number): boolean {
    return this.#deleteWaits[node] === 0 && (!this.hasStep(node) || this.isStepDone(node));
  }

  /** Nodes that are not marked and wait for nothing: they are passed at once. @returns nodes that may have become free */
  passFree(): readonly number[] {
    const free: number[] = [];
    for (let node = this.#plan.nodes.length; node < this.#plan.graph.size; node += 1) {
      if (this.#gone[node] === 0 && this.#deleteWaits[node] === 0) free.push(...this.gone(node));
    }
    return free;
  }

  /** The step of a node was done. @returns nodes that may have become free */
  stepDone(node: number): readonly number[] {
    this.#stepDone[node] = 1;
    const { graph } = this.#plan;
    const free: number[] = [];
    for (const edge of graph.dependents(node)) {
      if (graph.hold[edge] !== Hold.untilStep) continue;
      const waiting = at(graph.from, edge);
      this.#deleteWaits[waiting] = at(this.#deleteWaits, waiting) - 1;
      free.push(waiting);
    }
    return free;
  }

  /** A node is gone. @returns nodes that may have become free, also those behind nodes that only pass the order on */
  gone(node: number): readonly number[] {
    const { graph, nodes } = this.#plan;
    const free = new Set<number>();
    const open = [node];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (this.#gone[next] === 1) continue;
      this.#gone[next] = 1;
      for (const edge of graph.dependents(next)) {
        if (!this.#release(edge, next)) continue;
        const waiting = at(graph.from, edge);
        if (waiting < nodes.length) free.add(waiting);
        else if (this.#deleteWaits[waiting] === 0) open.push(waiting);
      }
    }
    return [...free];
  }

  #release(edge: number, gone: number): boolean {
    const { hold, from } = this.#plan.graph;
    const waiting = at(from, edge);
    // Who waits for a step was released when it was done.
    if (hold[edge] === Hold.nothing || (hold[edge] === Hold.untilStep && this.isStepDone(gone))) return false;
    this.#deleteWaits[waiting] = at(this.#deleteWaits, waiting) - 1;
    if (hold[edge] === Hold.all) this.#stepWaits[waiting] = at(this.#stepWaits, waiting) - 1;
    return true;
  }
}

function ranks({ graph }: CleanupPlan): Uint32Array {
  const { size, hold, to } = graph;
  const found = new Uint32Array(size);
  const open = new Uint32Array(size);
  const counts = (edge: number): boolean => hold[edge] === Hold.all || hold[edge] === Hold.deletion;
  for (let edge = 0; edge < hold.length; edge += 1) if (counts(edge)) open[at(to, edge)] = at(open, at(to, edge)) + 1;
  const ready: number[] = [];
  for (let node = 0; node < size; node += 1) if (open[node] === 0) ready.push(node);
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    for (const edge of graph.waits(node)) {
      if (!counts(edge)) continue;
      const first = at(to, edge);
      found[first] = Math.max(at(found, first), at(found, node) + 1);
      open[first] = at(open, first) - 1;
      if (open[first] === 0) ready.push(first);
    }
  }
  return found;
}
