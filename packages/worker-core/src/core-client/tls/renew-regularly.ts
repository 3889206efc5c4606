import type { Logger } from '../../plugin/contract.ts';
import { pauseAfter } from '../back-off.ts';

export interface RegularRenewal {
  /** Renews what is due. */
  readonly renew: () => Promise<void>;
  /** Milliseconds between two calls. */
  readonly every: number;
  readonly now: () => Date;
  readonly log: Logger;
  /** Ends it. */
  readonly signal: AbortSignal;
}

const backOff = { minimum: 60_000, maximum: 3_600_000 };

/** Renews until the signal is aborted; after failures with growing pauses. It keeps no process alive. */
export function renewRegularly({ renew, every, now, log, signal }: RegularRenewal): void {
  let timer: NodeJS.Timeout | undefined;
  let failures = 0;
  let retryAt = 0;

  async function check(): Promise<void> {
    try {
      if (now().getTime() >= retryAt) {
        await renew();
        failures = 0;
      }
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      retryAt = now().getTime() + pauseAfter(failures, backOff);
      log.error('certificates cannot be renewed', { error, attempts: failures });
    }
    checkLater();
  }

  function checkLater(): void {
    if (signal.aborted) return;
    timer = setTimeout(() => void check(), every);
    timer.unref();
  }

  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  checkLater();
}
