/** What a walk makes of answers that do not end a node by themselves. */
import { plainError, type PlainError } from '../collect/plain-error.ts';
import { errorAdvice, errorText, TimedOutError } from '../errors.ts';
import type { Verdict } from './outcome.ts';
import type { CallAnswer, CleanupVerb } from './resource.ts';
import type { WalkPauses } from './walk-options.ts';

/** Why it is looked for a resource: it is going, it was never seen by the last collect, or a call failed in an unknown way. */
export type Look =
  | { readonly is: 'going'; readonly since: number; readonly failures: number }
  | { readonly is: 'carried' }
  | { readonly is: 'unsure'; readonly error: PlainError; readonly goesOn: boolean; readonly goneBefore: number };

const attemptsToLook = 5;
/** Seconds. */
export const usualPatience = 1_800;

export interface Going {
  /** Looks that failed, one after the other. */
  readonly failures: number;
  /** Seconds. */
  readonly patience: number;
  readonly since: number;
  /** Present when the walk was stopped. */
  readonly stopped: { readonly reason: unknown } | undefined;
}

/** How a node ends whose deletion was requested and that was not found gone. Undefined: it is looked for again. */
export function verdictOnGoing(answer: CallAnswer, { failures, patience, since, stopped }: Going): Verdict | undefined {
  if (stopped !== undefined) {
    const reason = `its deletion was requested, and it was not gone when the run was stopped: ${errorText(stopped.reason)}`;
    return { outcome: 'failed', reason };
  }
  if (answer.is === 'failed' && failures >= attemptsToLook && answer.error.code !== 'throttled') {
    const reason = `its deletion was requested, but nobody can tell whether it is gone: ${answer.error.message}`;
    return { outcome: 'failed', reason, error: answer.error };
  }
  if (Date.now() - since <= patience * 1000) return undefined;
  const error = plainError(new TimedOutError(`still there ${patience} s after its deletion was requested`));
  return { outcome: 'failed', reason: error.message, error };
}

/** @returns milliseconds */
export function pauseBeforeLook(since: number, { firstLook, longestLook }: WalkPauses): number {
  const now = Date.now();
  const wait = Math.min(longestLook, Math.max(firstLook, (now - since) / 2));
  // Those that are looked for at about the same time are looked for together.
  const raster = Math.max(1, wait / 4);
  return Math.ceil((now + wait) / raster) * raster - now;
}

/** @param attempts  how often it was tried */
export function failureText(verb: CleanupVerb, error: PlainError, attempts: number): string {
  const attempted = verb === 'prepare' ? 'its pre-delete step failed' : 'its deletion failed';
  const often = attempts > 1 ? ` ${attempts} times` : '';
  return `${attempted}${often}: ${errorAdvice(error)}`;
}

export function unseen(error: PlainError): Verdict {
  return {
    outcome: 'refused',
    reason: `the last collect could not see it, and nobody can tell whether it exists: ${error.message}`,
    error,
  };
}
