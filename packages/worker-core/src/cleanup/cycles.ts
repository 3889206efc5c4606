/** Cycles among nodes that wait for each other: what a pre-delete step breaks, and what is left to report. */
import { at, Hold, TangleNotes, tangles, type DeleteGraph, type HoldingEdge } from './delete-graph.ts';

export interface CycleRules {
  /** The node would be deleted if it were its turn. All others only pass the order on. */
  readonly isPlanned: (node: number) => boolean;
  /** Planned, or a node that passes the order on. Those of the latter that wait for each other have to be one node. */
  readonly isFree: (node: number) => boolean;
  /** The pre-delete step of a node cuts its ties with the other one. */
  readonly cuts: (node: number, other: number) => boolean;
}

/** Nodes that wait for each other without a step that could end it, each with the shortest cycle it is part of. */
export type Cycles = ReadonlyMap<number, readonly number[]>;

export interface BrokenCycles {
  /** The graph without the cycles that could be broken. */
  readonly graph: DeleteGraph;
  readonly cycles: Cycles;
}

/** Largest tangle in which each node is told its own shortest cycle; in larger ones all are told the same. */
const spelledSize = 200;

/**
 * Breaks cycles where a step allows it, by changing what edges hold. Of a tangle every tie that a step cuts goes, and the steps
 * in it run as soon as all that is outside of the tangle is gone: so no step waits for a deletion that waits for it.
 */
export function breakCycles(graph: DeleteGraph, rules: CycleRules): BrokenCycles {
  const cycles = new Map<number, readonly number[]>();
  const added: HoldingEdge[] = [];
  const nodes = range(graph.size).filter(rules.isFree);
  const isFreeEdge = (edge: number): boolean =>
    at(graph.from, edge) !== at(graph.to, edge) && rules.isFree(at(graph.to, edge));
  const notes = new TangleNotes(graph);
  for (const tangle of tangles(graph, nodes, isFreeEdge, notes)) {
    const inside = new Set(tangle);
    const isInside = (edge: number): boolean => inside.has(at(graph.to, edge));
    cutTies(graph, tangle, isInside, rules);
    const holds = (edge: number): boolean => isFreeEdge(edge) && isInside(edge) && holdsUntilGone(graph, edge);
    for (const left of tangles(graph, tangle, holds, notes)) {
      const planned = left.filter(rules.isPlanned);
      const [only] = planned;
      if (only !== undefined && planned.length === 1) added.push(...goAround(graph, left, only));
      else spellOut(graph, left, planned, cycles);
    }
  }
  return { graph: graph.with(added), cycles };
}

function cutTies(
  graph: DeleteGraph,
  tangle: readonly number[],
  isInside: (edge: number) => boolean,
  { isPlanned, cuts }: CycleRules,
): void {
  const awaited = new Set<number>();
  for (const node of tangle) {
    for (const edge of graph.waits(node)) {
      const other = at(graph.to, edge);
      if (!isInside(edge) || !isPlanned(node) || !isPlanned(other)) continue;
      if (cuts(other, node)) {
        graph.hold[edge] = Hold.untilStep;
        awaited.add(other);
      } else if (cuts(node, other)) graph.hold[edge] = Hold.nothing;
    }
  }
  for (const node of awaited) {
    for (const edge of graph.waits(node)) {
      if (isInside(edge) && graph.hold[edge] === Hold.all) graph.hold[edge] = Hold.deletion;
    }
  }
}

/**
 * A node that waits for itself by way of nodes that stay goes without waiting for them. What lies behind them it still waits for:
 * those edges are returned.
 */
function goAround(graph: DeleteGraph, tangle: readonly number[], node: number): readonly HoldingEdge[] {
  const inside = new Set(tangle);
  for (const edge of graph.waits(node)) if (inside.has(at(graph.to, edge))) graph.hold[edge] = Hold.nothing;
  const isAwaited = [...graph.dependents(node)].some((edge) => graph.hold[edge] === Hold.untilStep);
  const hold = isAwaited ? Hold.deletion : Hold.all;
  return tangle.flatMap((passage) => {
    if (passage === node) return [];
    const behind = [...graph.waits(passage)].filter((edge) => holdsUntilGone(graph, edge));
    return behind
      .map((edge) => at(graph.to, edge))
      .filter((target) => !inside.has(target))
      .map((to) => ({ from: node, to, hold }));
  });
}

function spellOut(
  graph: DeleteGraph,
  tangle: readonly number[],
  planned: readonly number[],
  cycles: Map<number, readonly number[]>,
): void {
  const spell = speller(graph, new Set(tangle));
  const shared = tangle.length > spelledSize ? spell(planned[0] ?? 0) : undefined;
  for (const node of planned) cycles.set(node, shared ?? spell(node));
}

/** Finds the shortest cycle through a node of a tangle: it begins and ends with the node. */
function speller(graph: DeleteGraph, inside: ReadonlySet<number>): (node: number) => readonly number[] {
  return (start) => {
    const before = new Map<number, number>();
    const open = [start];
    for (const node of open) {
      for (const edge of graph.waits(node)) {
        const next = at(graph.to, edge);
        if (next === start && node !== start && holdsUntilGone(graph, edge)) return way(before, start, node);
        if (next === start || before.has(next) || !inside.has(next) || !holdsUntilGone(graph, edge)) continue;
        before.set(next, node);
        open.push(next);
      }
    }
    return [start];
  };
}

function way(before: ReadonlyMap<number, number>, start: number, end: number): readonly number[] {
  const nodes = [start];
  for (let node: number | undefined = end; node !== undefined; node = before.get(node)) nodes.push(node);
  return nodes.toReversed();
}

function holdsUntilGone(graph: DeleteGraph, edge: number): boolean {
  return graph.hold[edge] === Hold.all || graph.hold[edge] === Hold.deletion;
}

function range(length: number): readonly number[] {
  return Array.from({ length }, (_, number) => number);
}
