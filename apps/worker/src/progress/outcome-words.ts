import type { Outcome } from '@resoto/worker-core';

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  complete: 'complete',
  denied: 'access denied',
  disabled: 'not enabled',
  throttled: 'throttled',
  failed: 'failed',
  timed_out: 'timed out',
};
