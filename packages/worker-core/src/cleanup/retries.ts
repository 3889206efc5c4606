/** Whether a call that failed is made again, and when: counted per node and cause, so that every walk ends. */
import type { PlainError } from '../collect/plain-error.ts';
import type { WalkPauses } from './walk-options.ts';

/**
 * What a failed call means:
 *
 * - `throttled`: it had no effect, and works when fewer calls are made
 * - `in_use`: it had no effect, and works when whatever uses the resource is gone
 * - `final`: it had no effect, and never will
 * - `passing`: nobody knows its effect, and the same call may work a moment later
 * - `unknown`: nobody knows its effect
 */
export type Failure = 'throttled' | 'in_use' | 'final' | 'passing' | 'unknown';

export function failureOf({ code }: Pick<PlainError, 'code'>): Failure {
  if (code === undefined) return 'passing';
  return failures.get(code) ?? (isRuntimeCode(code) ? 'passing' : 'unknown');
}

const failures: ReadonlyMap<string, Failure> = new Map([
  ['throttled', 'throttled'],
  ['resource_in_use', 'in_use'],
  ['missing_permission', 'final'],
  ['login_failed', 'final'],
  ['wrong_configuration', 'final'],
  ['provider_failed', 'passing'],
  ['unexpected_answer', 'passing'],
  ['connection_closed', 'passing'],
  ['timed_out', 'passing'],
]);

/** `ECONNRESET`, `EPIPE`, `UND_ERR_SOCKET`: the connection failed, not the cloud. */
function isRuntimeCode(code: string): boolean {
  return /^(E[A-Z]+|UND_ERR_\w+)$/.test(code);
}

/** Attempts until a failure is the outcome. `awaited`: of what is in use while something goes on whose end may free it. */
const attempts = { throttled: 10, awaited: Infinity, in_use: 6, passing: 4, look: 5 } as const;

type Cause = keyof typeof attempts;

const none: Readonly<Record<Cause, number>> = { throttled: 0, awaited: 0, in_use: 0, passing: 0, look: 0 };

export class Retries {
  readonly #pauses: WalkPauses;
  readonly #counts = new Map<number, Record<Cause, number>>();

  constructor(pauses: WalkPauses) {
    this.#pauses = pauses;
  }

  /**
   * A change of a node failed.
   *
   * @param mayBeFreed  something that uses the node may still go, so that it is tried for as long as that
   * @returns milliseconds until it is tried again; undefined: it is not
   */
  afterChange(node: number, failure: Failure, mayBeFreed: () => boolean): number | undefined {
    if (failure === 'final' || failure === 'unknown') return undefined;
    const cause = failure === 'in_use' && mayBeFreed() ? 'awaited' : failure;
    const count = this.#count(node, cause);
    if (count >= attempts[cause]) return undefined;
    // The lane of the node pauses after throttling.
    return failure === 'throttled' ? 0 : this.#backOff(count);
  }

  /** A look whether a node exists failed. @returns as {@link afterChange} */
  afterLook(node: number, failure: Failure): number | undefined {
    if (failure !== 'throttled' && failure !== 'passing') return undefined;
    const cause = failure === 'throttled' ? 'throttled' : 'look';
    const count = this.#count(node, cause);
    if (count >= attempts[cause]) return undefined;
    return failure === 'throttled' ? 0 : this.#backOff(count);
  }

  /** Attempts to change a node that failed since it was last forgotten. */
  failed(node: number): number {
    const { throttled, awaited, in_use: inUse, passing } = this.#counts.get(node) ?? none;
    return throttled + awaited + inUse + passing;
  }

  forget(node: number): void {
    this.#counts.delete(node);
  }

  #count(node: number, cause: Cause): number {
    const counts = this.#counts.get(node) ?? { ...none };
    this.#counts.set(node, counts);
    return (counts[cause] += 1);
  }

  #backOff(count: number): number {
    const { again, longestAgain } = this.#pauses;
    return Math.min(longestAgain, again * 2 ** Math.min(count - 1, 30));
  }
}
