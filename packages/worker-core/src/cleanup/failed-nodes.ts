/** Nodes of a walk whose last call failed: why it did, and when it is made again. */
import type { PlainError } from '../collect/plain-error.ts';
import type { BusyNodes } from './busy-nodes.ts';
import { failureText } from './looks.ts';
import type { Verdict } from './outcome.ts';
import type { CleanupVerb } from './resource.ts';
import { failureOf, Retries } from './retries.ts';
import type { WalkPauses } from './walk-options.ts';

/** One call, seen from a node. */
export interface Attempt {
  readonly verb: CleanupVerb;
  /** It failed for all nodes of the call together. */
  readonly asWhole: boolean;
  /** Nodes that were gone when it was made. */
  readonly goneBefore: number;
}

export interface FailedNodesOptions {
  readonly pauses: WalkPauses;
  readonly busy: BusyNodes;
  /** Nodes that were found gone or went by now: whatever they used may be free. */
  readonly goneCount: () => number;
}

export class FailedNodes {
  readonly #busy: BusyNodes;
  readonly #goneCount: () => number;
  readonly #retries: Retries;
  readonly #verdicts = new Map<number, Verdict>();
  /** Those that something still uses, and how many nodes were gone when they were tried. */
  readonly #inUse = new Map<number, number>();

  constructor({ pauses, busy, goneCount }: FailedNodesOptions) {
    this.#busy = busy;
    this.#goneCount = goneCount;
    this.#retries = new Retries(pauses);
  }

  /**
   * A change failed, and the node is still there.
   *
   * @returns how the node ends if it is not tried again, and milliseconds until it is; without, it is not
   */
  afterChange(
    node: number,
    { verb, goneBefore }: Pick<Attempt, 'verb' | 'goneBefore'>,
    error: PlainError,
  ): { readonly verdict: Verdict; readonly pause: number | undefined } {
    const failure = failureOf(error);
    if (failure === 'in_use') this.#inUse.set(node, goneBefore);
    else this.#inUse.delete(node);
    const pause = this.#retries.afterChange(node, failure, () => this.#mayBeFreed());
    const reason = failureText(verb, error, this.#retries.failed(node));
    const verdict: Verdict = { outcome: 'failed', reason, error, verb };
    this.#verdicts.set(node, verdict);
    return { verdict, pause };
  }

  /** A look whether the node exists failed. @returns milliseconds until it is made again; undefined: it is not */
  afterLook(node: number, error: PlainError): number | undefined {
    return this.#retries.afterLook(node, failureOf(error));
  }

  /** Why the last change failed. Undefined: none did since the node was last forgotten. */
  verdict(node: number): Verdict | undefined {
    return this.#verdicts.get(node);
  }

  /** A call for it went well, or it has ended. */
  forget(node: number): void {
    this.#retries.forget(node);
    this.#verdicts.delete(node);
    this.#inUse.delete(node);
  }

  /** Is anything under way whose end may free what is in use? What is in use itself only after something else went. */
  #mayBeFreed(): boolean {
    const goneCount = this.#goneCount();
    let held = 0;
    for (const [node, goneBefore] of this.#inUse) {
      if (goneBefore < goneCount) return true;
      if (this.#busy.has(node)) held += 1;
    }
    return this.#busy.count > held;
  }
}
