import { setImmediate } from 'node:timers/promises';

/** Gives other work a turn every few milliseconds of a long loop, and ends the loop when it is cancelled. */
export class Turns {
  readonly #signal: AbortSignal | undefined;
  #steps = 0;
  #since = performance.now();

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** Call once per item. Waits only now and then; throws the reason when the signal was aborted. */
  step(): Promise<void> | undefined {
    // Looking at the clock costs more than most items do.
    this.#steps += 1;
    if (this.#steps % 64 !== 0 || performance.now() - this.#since < 10) return undefined;
    return this.turn();
  }

  async turn(): Promise<void> {
    this.#signal?.throwIfAborted();
    await setImmediate();
    this.#since = performance.now();
  }
}
