/** Waiting between attempts. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface BackOff {
  /** Milliseconds before the second attempt; doubled from then on. */
  readonly minimum: number;
  readonly maximum: number;
  /** Between 0 and 1. The pause is between half of its length and its length, so that many workers do not come at once. */
  readonly random?: () => number;
}

/** Milliseconds to wait after the given number of failed attempts. */
export function pauseAfter(failures: number, { minimum, maximum, random = Math.random }: BackOff): number {
  const longest = Math.min(maximum, minimum * 2 ** (failures - 1));
  return Math.round(longest * (0.5 + random() / 2));
}

/** Waits. Throws the reason of the signal when it is aborted. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** Milliseconds a `Retry-After` header asks to wait; it holds seconds or a date. */
export function retryAfter(header: string | undefined, now: () => number = Date.now): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(header) - now() : seconds * 1000;
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}
