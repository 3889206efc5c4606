import type { CallResult } from '../plugin/contract.ts';

/** Calls to a cloud, as a thread tells them to the worker. */
export interface CallCount {
  readonly cloud: string;
  readonly service: string;
  readonly result: CallResult;
  readonly count: number;
}

/** Counts the calls of a thread until somebody takes the numbers. */
export class CallCounts {
  readonly #counts = new Map<string, CallCount>();

  add(cloud: string, service: string, result: CallResult): void {
    const key = `${cloud} ${service} ${result}`;
    const count = (this.#counts.get(key)?.count ?? 0) + 1;
    this.#counts.set(key, { cloud, service, result, count });
  }

  /** What was counted since the last time. */
  take(): readonly CallCount[] {
    const counts = [...this.#counts.values()];
    this.#counts.clear();
    return counts;
  }
}
