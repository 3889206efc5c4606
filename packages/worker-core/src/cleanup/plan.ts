/** What a cleanup would do: which nodes, in which order, and what stands in the way. */
import type { KindCleanup, Neighbour } from '../plugin/cleanup-contract.ts';
import { breakCycles, type Cycles } from './cycles.ts';
import { at, DeleteGraph, Hold, tangles } from './delete-graph.ts';
import { blockedBy, holdBack } from './held-back.ts';
import { ownerId, title, type MarkedNode, type NodeName } from './marked-node.ts';
import { isGone, type Verdict } from './outcome.ts';
import type { KindDescription, ResourceData } from './resource.ts';
import type { Candidate, IncompleteAccount, OtherNode, Selection } from './select.ts';

/** A node and where it stands. Everything else is found by its number in the plan. */
export interface PlannedNode {
  readonly node: MarkedNode;
  /** What a plugin gets. */
  readonly resource: ResourceData;
  readonly account: { readonly cloud: string; readonly id: string };
  readonly region: string;
  /** Absent: it cannot be deleted. */
  readonly cleanup: KindCleanup | undefined;
  /** Why it is not deleted; undefined when it will be. */
  readonly verdict: Verdict | undefined;
  /** 1 for what can go first, one more for what waits for that, and so on. Undefined: it is not deleted. */
  readonly wave: number | undefined;
  /** Ids of what goes with it. */
  readonly takes: readonly string[];
  readonly warnings: readonly string[];
}

export interface CleanupPlan {
  /** Numbers below their count are these nodes; the numbers that follow are `others`. */
  readonly nodes: readonly PlannedNode[];
  /** Nodes that are not marked. They only pass the order on. */
  readonly others: readonly OtherNode[];
  readonly graph: DeleteGraph;
  /** The delete edges as the core has them; those of `graph` are the order of the walk. */
  readonly ties: DeleteGraph;
  readonly warnings: readonly string[];
}

/** Most names in one warning. */
const namedAtMost = 5;
/** Most nodes of a cycle that are spelled out. */
const cycleAtMost = 20;

/** Makes the plan for what was selected. Constant work per node and edge. */
export function makePlan(
  selection: Selection,
  clouds: ReadonlyMap<string, ReadonlyMap<string, KindDescription>>,
): CleanupPlan {
  return new Planner(selection, clouds).plan();
}

/** Name of any node of a plan. */
export function nameAt({ nodes, others }: Pick<CleanupPlan, 'nodes' | 'others'>, number: number): NodeName {
  const named = nodes[number]?.node ?? others[number - nodes.length];
  if (named === undefined) throw new RangeError(`There is no node ${number} in the plan`);
  return named;
}

class Planner {
  readonly #candidates: readonly Candidate[];
  /** Node id → number. */
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #others: readonly OtherNode[];
  readonly #ties: DeleteGraph;
  #graph: DeleteGraph;
  readonly #cleanups: readonly (KindCleanup | undefined)[];
  readonly #verdicts: (Verdict | undefined)[];
  readonly #warnings: string[] = [];

  constructor(
    { candidates, others, edges, brokenEdges, incomplete }: Selection,
    clouds: ReadonlyMap<string, ReadonlyMap<string, KindDescription>>,
  ) {
    this.#candidates = candidates;
    const numbers = new Map<string, number>();
    for (const { node } of candidates) numbers.set(node.id, numbers.size);
    this.#others = others.filter(({ id }) => !numbers.has(id));
    for (const { id } of this.#others) numbers.set(id, numbers.size);
    this.#numbers = numbers;
    this.#verdicts = candidates.map(({ verdict }) => verdict);
    this.#cleanups = candidates.map(({ node }) => clouds.get(ownerId(node, 'cloud') ?? '')?.get(node.kind)?.cleanup);
    const ties = edges.flatMap(([from, to]) => {
      const [waiting, first] = [numbers.get(from), numbers.get(to)];
      return waiting === undefined || first === undefined ? [] : [[waiting, first] as const];
    });
    this.#ties = new DeleteGraph(numbers.size, ties);
    this.#graph = this.#passagesAsOne(ties);
    if (brokenEdges > 0)
      this.#warnings.push(`${brokenEdges} edges lead to nodes the core did not send, and were left out`);
    this.#warnings.push(...incomplete.map(incompleteText));
  }

  plan(): CleanupPlan {
    this.#dropNeedless();
    const { graph, cycles } = breakCycles(this.#graph, {
      isPlanned: (node) => this.#isPlanned(node),
      isFree: (node) => this.#isPlanned(node) || this.#isOther(node),
      cuts: (node, other) => this.#cuts(node, other),
    });
    this.#graph = graph;
    this.#report(cycles);
    this.#holdBack();
    const waves = this.#waves();
    return {
      nodes: this.#candidates.map((candidate, number) => this.#planned(candidate, number, waves)),
      others: this.#others,
      graph: this.#graph,
      ties: this.#ties,
      warnings: this.#warnings,
    };
  }

  /** Nodes that are not marked and wait for each other pass the order on as if they were one. */
  #passagesAsOne(edges: readonly (readonly [number, number])[]): DeleteGraph {
    const first = this.#candidates.length;
    const ties = this.#ties;
    const passages = Array.from(this.#others, (_, index) => first + index);
    const found = tangles(ties, passages, (edge) => at(ties.to, edge) >= first);
    if (found.length === 0) return ties;
    const one = new Map(found.flatMap((tangle) => tangle.map((node) => [node, tangle[0] ?? node] as const)));
    return new DeleteGraph(
      ties.size,
      edges.map(([from, to]) => [one.get(from) ?? from, one.get(to) ?? to] as const),
    );
  }

  #isPlanned(node: number): boolean {
    return node < this.#candidates.length && this.#verdicts[node] === undefined;
  }

  /** Not marked, and still there. */
  #isOther(node: number): boolean {
    return this.#others[node - this.#candidates.length]?.isGone === false;
  }

  #isInTheWay(node: number): boolean {
    const verdict = this.#verdicts[node];
    return verdict !== undefined && !isGone(verdict.outcome) && !wasCleaned(this.#candidates[node]);
  }

  #cuts(node: number, other: number): boolean {
    const kind = this.#candidates[other]?.node.kind;
    return kind !== undefined && this.#cleanups[node]?.prepare?.breaks?.includes(kind) === true;
  }

  /** A node that should go before itself can as well go at once; what is gone holds nothing. */
  #dropNeedless(): void {
    const { from, to, hold } = this.#graph;
    for (let edge = 0; edge < hold.length; edge += 1) {
      const target = at(to, edge);
      const holds = this.#isPlanned(target) || this.#isOther(target) || this.#isInTheWay(target);
      if (!holds || at(from, edge) === target) hold[edge] = Hold.nothing;
    }
  }

  #report(cycles: Cycles): void {
    for (const [number, cycle] of cycles) {
      const isShort = cycle.length <= cycleAtMost;
      const names = cycle.slice(0, cycleAtMost).map((member) => title(this.#name(member)));
      const spelled = isShort ? names : [...names, `… (${cycle.length - 1} nodes)`];
      this.#verdicts[number] = { outcome: 'blocked', reason: `it is part of a cycle: ${spelled.join(' waits for ')}` };
    }
  }

  /** What stays holds back everything that waits for it. */
  #holdBack(): void {
    const passages = new Uint8Array(this.#graph.size);
    const roots = this.#candidates.flatMap((_, number) => (this.#isInTheWay(number) ? [number] : []));
    for (const root of roots) {
      const verdict = this.#verdicts[root];
      if (verdict === undefined) continue;
      holdBack(this.#graph, root, {
        isOpen: (node) => this.#isPlanned(node) || (this.#isOther(node) && passages[node] === 0),
        isPassage: (node) => this.#isOther(node),
        isStepDone: () => false,
        onHeld: (node, blocker) => {
          if (this.#isOther(node)) passages[node] = 1;
          else this.#verdicts[node] = blockedBy(this.#name(blocker), this.#name(root), verdict);
        },
      });
    }
  }

  /** How many nodes have to go one after the other until it is the turn of a node. */
  #waves(): Uint32Array {
    const { size, hold, from } = this.#graph;
    const waves = new Uint32Array(size);
    const waiting = new Uint32Array(size);
    for (let edge = 0; edge < hold.length; edge += 1) {
      if (holdsUntilGone(hold[edge])) waiting[at(from, edge)] = at(waiting, at(from, edge)) + 1;
    }
    const ready: number[] = [];
    for (let node = 0; node < size; node += 1) {
      if (waiting[node] === 0 && (this.#isPlanned(node) || this.#isOther(node))) ready.push(node);
    }
    for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
      if (this.#isPlanned(node)) waves[node] = at(waves, node) + 1;
      for (const edge of this.#graph.dependents(node)) {
        if (!holdsUntilGone(hold[edge])) continue;
        const dependent = at(from, edge);
        waves[dependent] = Math.max(at(waves, dependent), at(waves, node));
        waiting[dependent] = at(waiting, dependent) - 1;
        if (waiting[dependent] === 0 && (this.#isPlanned(dependent) || this.#isOther(dependent))) ready.push(dependent);
      }
    }
    return waves;
  }

  #planned({ node, neighbours, takes }: Candidate, number: number, waves: Uint32Array): PlannedNode {
    const { id: nodeId, kind, reported, metadata, owners } = node;
    const verdict = this.#verdicts[number];
    return {
      node,
      resource: { nodeId, kind, reported, metadata, owners, neighbours: this.#neighbours(neighbours) },
      account: { cloud: ownerId(node, 'cloud') ?? '', id: ownerId(node, 'account') ?? '' },
      region: ownerId(node, 'region') ?? '',
      cleanup: this.#cleanups[number],
      verdict,
      wave: verdict === undefined ? waves[number] : undefined,
      takes: takes.map(({ id: taken }) => taken),
      warnings: verdict === undefined ? this.#warningsOf(number) : [],
    };
  }

  #neighbours(neighbours: readonly Neighbour[]): readonly Neighbour[] {
    return neighbours.map((neighbour) => {
      const number = this.#candidateOf(neighbour.nodeId);
      return number === undefined ? neighbour : { ...neighbour, stays: this.#isInTheWay(number) };
    });
  }

  /** Number of a marked node. */
  #candidateOf(id: string): number | undefined {
    const number = this.#numbers.get(id);
    return number !== undefined && number < this.#candidates.length ? number : undefined;
  }

  #warningsOf(number: number): readonly string[] {
    const first = new Set(Array.from(this.#ties.waits(number), (edge) => at(this.#ties.to, edge)));
    const staying = [...first].filter((node) => this.#isOther(node));
    const taken = (this.#candidates[number]?.takes ?? []).filter(({ id }) => this.#candidateOf(id) === undefined);
    return [
      ...warning(
        'should go first, but not marked',
        staying.map((node) => this.#name(node)),
      ),
      ...warning('goes with it, but not marked', taken),
    ];
  }

  #name(number: number): NodeName {
    const named = this.#candidates[number]?.node ?? this.#others[number - this.#candidates.length];
    if (named === undefined) throw new RangeError(`There is no node ${number} in the plan`);
    return named;
  }
}

function incompleteText({ name, kinds }: IncompleteAccount): string {
  const more = kinds.length > namedAtMost ? ` and ${kinds.length - namedAtMost} more` : '';
  return `${name} may have more that has to go first, or goes along: ${kinds.slice(0, namedAtMost).join(', ')}${more} could not be listed`;
}

function warning(what: string, nodes: readonly NodeName[]): readonly string[] {
  if (nodes.length === 0) return [];
  const more = nodes.length > namedAtMost ? ` and ${nodes.length - namedAtMost} more` : '';
  return [`${what}: ${nodes.slice(0, namedAtMost).map(title).join(', ')}${more}`];
}

function holdsUntilGone(hold: number | undefined): boolean {
  return hold === Hold.all || hold === Hold.deletion;
}

function wasCleaned(candidate: Candidate | undefined): boolean {
  return candidate?.node.metadata['cleaned'] === true;
}
