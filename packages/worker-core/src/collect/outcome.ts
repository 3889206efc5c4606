import { errorCode } from '../errors.ts';
import type { Outcome } from './report.ts';

const outcomes: Readonly<Record<string, Outcome>> = {
  missing_permission: 'denied',
  login_failed: 'denied',
  service_disabled: 'disabled',
  throttled: 'throttled',
  timed_out: 'timed_out',
};

/** How something ended that threw this error. */
export function outcomeOf(error: unknown): Outcome {
  return outcomes[errorCode(error) ?? ''] ?? 'failed';
}

/** Nodes that may still exist could not be listed. */
export function isIncomplete(outcome: Outcome): boolean {
  return outcome !== 'complete' && outcome !== 'disabled';
}
