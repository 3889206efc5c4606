/** How a node can end in a cleanup. Every marked node ends in exactly one of these. */
import type { PlainError } from '../collect/plain-error.ts';
import { errorText } from '../errors.ts';
import type { CleanupVerb } from './resource.ts';

/**
 * - `deleted`: it is gone, and this run did it
 * - `already_gone`: it was gone before
 * - `failed`: it was tried, and it is still there or nobody can tell
 * - `refused`: it must not be deleted, or cannot be
 * - `blocked`: something that has to go first stays, so it was not tried
 * - `skipped`: it was not its turn, for instance because the mark was taken back or the run was stopped
 * - `dry_run`: it would have been deleted
 */
export type Outcome = (typeof outcomes)[number];

export const outcomes = ['deleted', 'already_gone', 'failed', 'refused', 'blocked', 'skipped', 'dry_run'] as const;

/** An outcome and why. */
export interface Verdict {
  readonly outcome: Outcome;
  /** One sentence without a full stop; empty where the outcome says it all. */
  readonly reason: string;
  /** Of a failed call, and which it was. */
  readonly error?: PlainError;
  readonly verb?: CleanupVerb;
  /** It ends here for a reason that is not news: the core is not told again. */
  readonly quiet?: boolean;
  /** The run ended before it was its turn: that is no progress. */
  readonly unreached?: boolean;
}

/** An outcome and its reason in words. Reasons of what is blocked begin with that word themselves. */
export function verdictText({ outcome, reason }: Pick<Verdict, 'outcome' | 'reason'>): string {
  const word = outcome.replace('_', ' ');
  return reason === '' || reason.startsWith(`${word} `) ? reason || word : `${word}, ${reason}`;
}

/** Is a node with this outcome out of the way of what waits for it? */
export function isGone(outcome: Outcome): boolean {
  return outcome === 'deleted' || outcome === 'already_gone';
}

export function refused(reason: string): Verdict {
  return { outcome: 'refused', reason };
}

/** Why nothing is deleted that a plugin might refuse. */
export function cannotTell(error: unknown): string {
  return `its plugin cannot tell whether it may be deleted: ${errorText(error)}`;
}

/** The run ended before it was the turn of the node. */
export function unreached(reason: string, quiet = false): Verdict {
  return { ...skipped(reason, quiet), unreached: true };
}

export function skipped(reason: string, quiet = false): Verdict {
  return { outcome: 'skipped', reason, quiet };
}
