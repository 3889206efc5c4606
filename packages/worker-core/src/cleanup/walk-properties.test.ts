/** What holds for every graph and every failure: random ones, from seeds that are named when they fail. */
import { describe, expect, test } from '@jest/globals';
import { CleanupCloud, failed } from '../testing/cleanup-cloud.ts';
import { rules, selection, type TestNode } from '../testing/cleanup-graph.ts';
import type { Verdict } from './outcome.ts';
import type { CallAnswer } from './resource.ts';
import { refused, skipped } from './outcome.ts';
import { makePlan } from './plan.ts';
import { walk } from './walk.ts';

const given = rules({
  acme_box: { batch: 7 },
  acme_group: { batch: 3, prepare: { batch: 2, breaks: ['acme_group'] } },
  acme_slow: { existsBatch: 50 },
});
const kinds = ['acme_box', 'acme_box', 'acme_group', 'acme_slow'];

/** How a walk ends. */
const ends = ['finished', 'finished', 'aborted', 'finished', 'core lost'] as const;

describe.each([
  { nodes: 12, edges: 16, runs: 300 },
  { nodes: 60, edges: 120, runs: 60 },
  { nodes: 10_000, edges: 18_000, runs: 3 },
])('random graphs of $nodes nodes', ({ nodes, edges, runs }) => {
  for (let seed = 1; seed <= runs; seed += 1) {
    const end = ends[seed % ends.length] ?? 'finished';
    test(`seed ${seed}, ${end}`, async () => {
      const world = new World(seed, nodes, edges, end);

      const verdicts = await world.clean();

      expect(world.problems(verdicts)).toEqual([]);
    });
  }
});

class World {
  readonly #random: () => number;
  readonly nodes: Record<string, TestNode> = {};
  readonly edges: string[] = [];
  readonly #waits = new Map<string, string[]>();
  /** Unmarked or protected at the core while the walk runs. */
  readonly #spared = new Set<string>();
  readonly #failing = new Set<string>();
  /** Per node: deletions that fail in passing before one works. */
  readonly #passing = new Map<string, number>();
  /** Per node: another one that uses it, of which the graph knows nothing. */
  readonly #usedBy = new Map<string, string>();
  readonly #end: (typeof ends)[number];
  /** Calls, or questions to the core, until the walk is stopped. */
  #untilEnd: number;
  readonly #stop = new AbortController();
  readonly #late: string[] = [];
  readonly #cloud: CleanupCloud;

  constructor(seed: number, nodes: number, edges: number, end: (typeof ends)[number]) {
    this.#random = randomNumbers(seed);
    this.#end = end;
    this.#untilEnd = Math.floor((this.#random() * nodes) / 3);
    for (let index = 0; index < nodes; index += 1) this.#addNode(`n${index}`);
    for (let index = 0; index < edges; index += 1) this.#addEdge(nodes);
    const uses = new Map(Object.keys(this.nodes).map((id) => [id, this.firstMarked(id)]));
    this.#cloud = new CleanupCloud(Object.keys(this.nodes), {
      uses,
      tied: (id, other) => this.nodes[id]?.kind === 'acme_group' && this.nodes[other]?.kind === 'acme_group',
      slow: (id) => (this.nodes[id]?.kind === 'acme_slow' ? 1 + (Number(id.slice(1)) % 3) : 0),
      answer: (verb, id, existing) => (verb === 'delete' ? this.#refusal(id, existing) : undefined),
      before: ({ verb, ids }) => {
        if (this.#stop.signal.aborted && verb !== 'exists') this.#late.push(...ids);
        if (this.#end === 'aborted') this.#count();
      },
    });
  }

  async clean(): Promise<ReadonlyMap<string, Verdict>> {
    const plan = makePlan(selection(this.nodes, this.edges, given), given.clouds);
    const verdicts = new Map<string, Verdict>();
    let call = 0;
    await walk({
      plan,
      call: this.#cloud.call,
      journal: { before: async () => (call += 1), after: async () => {} },
      check: async (nodes) => {
        if (this.#end === 'core lost') this.#count();
        // Calls that were checked before go on, so the walk is not aborted from here.
        if (this.#end === 'core lost' && this.#stop.signal.aborted) throw new Error('the core is gone');
        return new Map(
          nodes
            .filter((node) => this.#spared.has(plan.nodes[node]?.node.id ?? ''))
            .map((node) => [node, node % 2 === 0 ? skipped('not marked any more') : refused('protected')]),
        );
      },
      places: 1 + Math.floor(this.#random() * 20),
      signal: this.#end === 'aborted' ? this.#stop.signal : new AbortController().signal,
      pauses: { firstLook: 1, longestLook: 5, again: 1, longestAgain: 50 },
      onOutcome: (node, verdict) => {
        const id = plan.nodes[node]?.node.id ?? '';
        if (verdicts.has(id)) throw new Error(`${id} ended twice`);
        verdicts.set(id, verdict);
      },
    });
    return verdicts;
  }

  problems(verdicts: ReadonlyMap<string, Verdict>): readonly string[] {
    const { violations, existing, calls } = this.#cloud;
    const problems = violations.map((violation) => `deleted ${violation}`);
    if (this.#end === 'aborted') problems.push(...this.#late.map((id) => `${id} was changed after the stop`));
    const touched = new Set(calls.filter(({ verb }) => verb === 'delete').flatMap(({ ids }) => ids));
    const mutated = new Set(calls.filter(({ verb }) => verb !== 'exists').flatMap(({ ids }) => ids));
    const isGone = (id: string): boolean => ['deleted', 'already_gone'].includes(verdicts.get(id)?.outcome ?? '');
    for (const [id, { marked = true, metadata = {} }] of Object.entries(this.nodes)) {
      const verdict = verdicts.get(id);
      const isSafe = marked && metadata['protected'] !== true && metadata['cleaned'] !== true;
      if (marked !== (verdict !== undefined)) problems.push(`${id} has ${verdict?.outcome ?? 'no outcome'}`);
      if (!isSafe && mutated.has(id)) problems.push(`${id} was touched`);
      if (this.#spared.has(id) && touched.has(id)) problems.push(`${id} was deleted although it was spared meanwhile`);
      if (isGone(id) === existing.has(id)) problems.push(`${id} is ${verdict?.outcome}, but that is not so`);
      if (this.#shouldHaveGone(id, verdict, isGone)) problems.push(`${id} was given up: ${verdict?.reason}`);
      if (verdict?.outcome !== 'blocked') continue;
      if (touched.has(id)) problems.push(`${id} was deleted although it was held back`);
      const isHeld = this.firstMarked(id).some(
        (other) => !isGone(other) && this.nodes[other]?.metadata?.['cleaned'] !== true,
      );
      if (!isHeld) problems.push(`${id} was held back by nothing`);
    }
    return problems;
  }

  /** Marked nodes that have to go before a node, also behind nodes that are not marked. */
  firstMarked(id: string): string[] {
    const found = new Set<string>();
    const seen = new Set<string>();
    const open = [id];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const other of this.#waits.get(next) ?? []) {
        if (other === id || seen.has(other)) continue;
        seen.add(other);
        const { marked = true, metadata = {} } = this.nodes[other] ?? {};
        if (metadata['cleaned'] === true) continue;
        if (marked) found.add(other);
        else open.push(other);
      }
    }
    return [...found];
  }

  /** It failed, although only in passing, or because of what is gone now. */
  #shouldHaveGone(id: string, verdict: Verdict | undefined, isGone: (id: string) => boolean): boolean {
    if (verdict?.outcome !== 'failed' || this.#failing.has(id) || this.#stop.signal.aborted) return false;
    const user = this.#usedBy.get(id);
    return user === undefined || isGone(user);
  }

  #refusal(id: string, existing: ReadonlySet<string>): CallAnswer | undefined {
    if (this.#failing.has(id)) return failed(this.#code(id), 'no');
    const left = this.#passing.get(id) ?? 0;
    this.#passing.set(id, left - 1);
    if (left > 0) return failed(left === 1 ? 'ECONNRESET' : 'provider_failed', 'not now');
    return existing.has(this.#usedBy.get(id) ?? '') ? failed('resource_in_use', 'in use') : undefined;
  }

  #count(): void {
    this.#untilEnd -= 1;
    if (this.#untilEnd < 0) this.#stop.abort(new Error('enough'));
  }

  #addNode(id: string): void {
    const kind = kinds[Math.floor(this.#random() * kinds.length)] ?? '';
    const is = (chance: number): boolean => this.#random() < chance;
    this.nodes[id] = {
      kind,
      marked: !is(0.12),
      account: is(0.3) ? 'other' : 'main',
      metadata: { protected: is(0.02), cleaned: is(0.02), carried: is(0.05) },
    };
    if (is(0.02)) this.#spared.add(id);
    if (is(0.04)) this.#failing.add(id);
    if (is(0.05)) this.#passing.set(id, 1 + Math.floor(this.#random() * 3));
    if (is(0.03) && id !== 'n0') this.#usedBy.set(id, `n${Math.floor(this.#random() * Number(id.slice(1)))}`);
  }

  /** Most edges lead in one direction, so that only some of the graph is cycles. */
  #addEdge(nodes: number): void {
    const [a, b] = [Math.floor(this.#random() * nodes), Math.floor(this.#random() * nodes)];
    const isTie = this.#random() < 0.05;
    const [from, to] = isTie ? [`n${a}`, `n${b}`] : [`n${Math.min(a, b)}`, `n${Math.max(a, b)}`];
    if (this.#waits.get(from)?.includes(to) === true) return;
    this.edges.push(`${from} ${to}`);
    this.#waits.set(from, [...(this.#waits.get(from) ?? []), to]);
  }

  #code(id: string): string {
    return ['missing_permission', 'provider_failed', 'resource_in_use'][Number(id.slice(1)) % 3] ?? '';
  }
}

/** The same numbers for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
