import { Lane } from './lane.ts';
import type { PlannedNode } from './plan.ts';
import { PriorityQueue } from './priority-queue.ts';
import type { CleanupVerb } from './resource.ts';

/** Nodes whose turn it is for the same call: of one kind, in one region of one account. */
export interface Work {
  readonly verb: CleanupVerb;
  /** Most nodes in one call. */
  readonly batch: number;
  readonly lane: Lane;
  readonly account: PlannedNode['account'];
  readonly queue: PriorityQueue;
}

/** The nodes of a walk that wait for a call. */
export class WorkQueues {
  readonly #rank: (node: number) => number;
  readonly #lanes = new Map<string, Lane>();
  readonly #work = new Map<string, Work>();
  readonly #alone = new Set<number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(rank: (node: number) => number) {
    this.#rank = rank;
  }

  /** Queues that ran empty count until `next` is asked. */
  get isEmpty(): boolean {
    return this.#work.size === 0;
  }

  add(node: number, planned: PlannedNode, verb: CleanupVerb): void {
    this.#workFor(node, planned, verb).queue.add(node);
  }

  /** It was part of a call that failed as a whole: it is changed by itself from now on. */
  separate(node: number): void {
    this.#alone.add(node);
  }

  /** It may be part of a call with others again. */
  join(node: number): void {
    this.#alone.delete(node);
  }

  /** What may start now and has the longest chain behind it. When something may only start later, `later` is called then. */
  next(later: () => void): Work | undefined {
    clearTimeout(this.#timer);
    const now = Date.now();
    let best: Work | undefined;
    let soonest = Infinity;
    for (const [key, work] of this.#work) {
      if (work.queue.size === 0) {
        this.#work.delete(key);
        continue;
      }
      const wait = work.lane.wait(now);
      if (wait === 0 && (best === undefined || work.queue.rank > best.queue.rank)) best = work;
      if (wait !== undefined && wait > 0) soonest = Math.min(soonest, wait);
    }
    if (best === undefined && soonest < Infinity) this.#timer = setTimeout(later, soonest + 1);
    return best;
  }

  /** Takes out all nodes that wait to be changed; those that are only looked for stay. */
  *takeChanges(): Generator<number> {
    for (const { verb, queue } of this.#work.values()) {
      if (verb === 'exists') continue;
      for (let node = queue.take(); node !== undefined; node = queue.take()) yield node;
    }
  }

  /** `later` is not called any more. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #workFor(node: number, planned: PlannedNode, verb: CleanupVerb): Work {
    const { account, region, cleanup } = planned;
    const service = cleanup?.service ?? '';
    const isAlone = verb !== 'exists' && this.#alone.has(node);
    const laneKey = [account.cloud, account.id, region, service].join('\n');
    const key = [laneKey, planned.node.kind, verb, isAlone].join('\n');
    const known = this.#work.get(key);
    if (known !== undefined) return known;
    const lane = this.#lanes.get(laneKey) ?? new Lane();
    this.#lanes.set(laneKey, lane);
    const declared = {
      prepare: cleanup?.prepare?.batch ?? 1,
      delete: cleanup?.batch ?? 1,
      exists: cleanup?.existsBatch ?? 100,
    };
    const queue = new PriorityQueue(this.#rank);
    const work: Work = { verb, batch: isAlone ? 1 : Math.max(1, declared[verb]), lane, account, queue };
    this.#work.set(key, work);
    return work;
  }
}
