/** Milliseconds. A timer of the runtime that should wait longer does not wait at all. */
export const longestTimer = 2 ** 31 - 1;

export interface TimeLimit {
  readonly milliseconds: number;
  /** Why the work is aborted when its time is over. */
  readonly late: () => Error;
  /** Aborts the work earlier. */
  readonly signal?: AbortSignal | undefined;
}

/** Work whose signal is aborted when its time is over. It is waited for all the same: see `raced` for work that may be deaf. */
export async function withTimeLimit<Result>(
  { milliseconds, late, signal }: TimeLimit,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(late()), Math.min(milliseconds, longestTimer));
  try {
    return await work(signal === undefined ? limit.signal : AbortSignal.any([signal, limit.signal]));
  } finally {
    clearTimeout(timer);
  }
}
