/** What became of a collect run: plain data for summaries, metrics and answers. */
import type { GraphProblem } from '../graph/problems.ts';
import type { ImportResult } from '../protocol/graph-line.ts';
import type { PlainError } from './plain-error.ts';

/**
 * How a part of a collect ended. `denied`: a permission is missing. `disabled`: the service is not enabled or not offered there,
 * so that nothing exists. What ended neither `complete` nor `disabled` keeps the nodes of the last collect.
 */
export type Outcome = 'complete' | 'denied' | 'disabled' | 'throttled' | 'failed' | 'timed_out';

/** One scope, or its follow-up calls. */
export interface ScopeReport {
  /** The first kind names the scope. */
  readonly kinds: readonly string[];
  /** Absent: the scope belongs to the account. */
  readonly region?: { readonly id: string; readonly name: string };
  readonly outcome: Outcome;
  /** Why it did not end complete. */
  readonly error?: PlainError;
  /** Follow-up calls that failed: equal ones are counted. */
  readonly incomplete: readonly IncompleteCall[];
}

export interface IncompleteCall {
  readonly outcome: Outcome;
  readonly error: PlainError;
  readonly count: number;
}

/** How the collect of an account ended, and what it brought. */
export interface AccountReport {
  readonly id: string;
  readonly name: string;
  /** `complete` also when single scopes are not: they say so themselves. */
  readonly outcome: Outcome;
  /** Why the account failed as a whole, or could not be uploaded. */
  readonly error?: PlainError;
  readonly scopes: readonly ScopeReport[];
  readonly nodes: number;
  readonly edges: number;
  /** Nodes that were kept from an earlier collect. */
  readonly carried: number;
  /** Kind → number of nodes. */
  readonly kinds: Readonly<Record<string, number>>;
  /** What was repaired, left out or not found. */
  readonly problems: readonly GraphProblem[];
  readonly seconds: number;
  readonly uploaded: boolean;
}

/** How the collect of a cloud ended: an outcome for each account. */
export interface CloudReport {
  readonly cloud: string;
  /** `partial`: some of it failed and some was imported. */
  readonly outcome: Outcome | 'partial';
  /** Why the cloud failed as a whole. */
  readonly error?: PlainError;
  readonly accounts: readonly AccountReport[];
  /** Problems that belong to no scope, for instance a profile that cannot log in. */
  readonly remarks: readonly Remark[];
  /** Sums over its uploads. */
  readonly imported: ImportResult;
  readonly seconds: number;
}

export interface Remark {
  readonly level: 'info' | 'error';
  readonly message: string;
  readonly context: readonly string[];
}

/** How a collect ended: an outcome for each cloud. */
export interface CollectReport {
  readonly task: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly clouds: readonly CloudReport[];
  /** Names in the setting `collector` without an installed plugin. */
  readonly unknownCollectors: readonly string[];
  /** Why the run as a whole failed. */
  readonly error?: PlainError;
}
