/** What a walk is given. */
import type { Verdict } from './outcome.ts';
import type { CleanupPlan, PlannedNode } from './plan.ts';
import type { CallAnswer, CleanupVerb, ResourceData } from './resource.ts';

/** Calls a plugin. All resources are of one kind, in one region of one account. Throws when the call as a whole failed. */
export type CleanupCall = (
  verb: CleanupVerb,
  account: PlannedNode['account'],
  resources: readonly ResourceData[],
) => Promise<readonly CallAnswer[]>;

/**
 * Where the walk writes down what it does, before and after it does it, in this order. Rejects when that is not safely on disk, and so
 * does everything that comes behind.
 */
export interface WalkJournal {
  before(verb: CleanupVerb, account: PlannedNode['account'], resources: readonly ResourceData[]): Promise<number>;
  after(call: number, answers: readonly CallAnswer[]): Promise<void>;
}

export interface WalkOptions {
  readonly plan: CleanupPlan;
  readonly call: CleanupCall;
  readonly journal: WalkJournal;
  /**
   * Asks the core whether nodes may still be deleted. The others will be asked for soon. Throws when the core cannot be asked:
   * that ends the walk.
   *
   * @returns why not, for those that may not
   */
  readonly check: (nodes: readonly number[], soon: readonly number[]) => Promise<ReadonlyMap<number, Verdict>>;
  /** Called once for every node of the plan. */
  readonly onOutcome: (node: number, verdict: Verdict) => void;
  /** Calls at the same time. */
  readonly places: number;
  /** Aborted: no new deletion starts, those that run are finished. */
  readonly signal: AbortSignal;
  /** Ids of nodes whose deletion the cloud has accepted in an earlier process. */
  readonly requested?: ReadonlySet<string>;
  readonly pauses?: Partial<WalkPauses>;
}

/** Milliseconds. */
export interface WalkPauses {
  /** Between two looks whether a resource is gone: half as long as it has been going, within these bounds. */
  readonly firstLook: number;
  readonly longestLook: number;
  /** Before a call that failed is made again, doubled each time up to the longest. */
  readonly again: number;
  readonly longestAgain: number;
}

export const usualPauses: WalkPauses = { firstLook: 250, longestLook: 15_000, again: 1_000, longestAgain: 30_000 };
