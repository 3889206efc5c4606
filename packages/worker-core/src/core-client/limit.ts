/** Runs work as soon as a place is free. Work whose signal is aborted before is not begun: it rejects with the reason at once. */
export type Limit = <Result>(work: () => Promise<Result>, signal?: AbortSignal) => Promise<Result>;

/** At most `places` pieces of work run at once; further ones start in the order they came. */
export function limited(places: number): Limit {
  // A set, because work is taken out of the middle, and taking the first of a long list would move all others.
  const waiting = new Set<() => void>();
  let free = places;
  return async (work, signal) => {
    signal?.throwIfAborted();
    if (free > 0) free -= 1;
    else await turnIn(waiting, signal);
    try {
      return await work();
    } finally {
      const [next] = waiting;
      if (next === undefined) free += 1;
      else next();
    }
  };
}

function turnIn(waiting: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      waiting.delete(begin);
      signal?.removeEventListener('abort', giveUp);
    };
    const begin = (): void => {
      leave();
      resolve();
    };
    const giveUp = (): void => {
      leave();
      reject(signal?.reason);
    };
    waiting.add(begin);
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}
