/** Ending without losing work: what runs may go on for a while, is aborted then, and is answered in any case. */
import { WorkerError } from '../errors.ts';

/** Milliseconds aborted work has to end and to be answered in. */
export const answerTime = 5_000;

/** Why work is aborted when its worker ends. */
export function workerStops(): WorkerError {
  return new WorkerError('worker_stopped', 'the worker stops');
}

/** Waits for the work, and at most until the signal is aborted. @returns whether the work has ended */
export async function endsWithin(work: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  let giveUp = (): void => {};
  const givenUp = new Promise<false>((resolve) => {
    giveUp = () => resolve(false);
    signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([work.then(() => true), givenUp]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
