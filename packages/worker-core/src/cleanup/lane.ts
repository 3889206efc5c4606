import { pauseAfter } from '../core-client/back-off.ts';

/** How much of one service in one region of one account may run at once: less when the cloud says so, more again when it does not. */
export class Lane {
  #limit = Infinity;
  #running = 0;
  #throttled = 0;
  #pausedUntil = 0;
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  get running(): number {
    return this.#running;
  }

  /** Milliseconds until a call may start; 0: now; undefined: when one ends. */
  wait(now: number): number | undefined {
    if (now < this.#pausedUntil) return this.#pausedUntil - now;
    return this.#running < Math.max(1, Math.floor(this.#limit)) ? 0 : undefined;
  }

  started(): void {
    this.#running += 1;
  }

  ended(): void {
    this.#running -= 1;
  }

  succeeded(): void {
    this.#throttled = 0;
    this.#limit += 1 / this.#limit;
  }

  /** Half as many from now on, after a pause that grows. Calls that were under way together count once. */
  throttled(now: number): void {
    if (now < this.#pausedUntil) return;
    this.#limit = Math.max(1, Math.min(this.#limit, this.#running) / 2);
    this.#throttled += 1;
    this.#pausedUntil = now + pauseAfter(this.#throttled, { ...backOff, random: this.#random });
  }
}

const backOff = { minimum: 500, maximum: 30_000 };
