/** Limits of how much is asked at once, and how fast. */

/** At most so many at the same time. Who waits is served in order. */
export class Semaphore {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(size: number) {
    this.#free = Math.max(1, size);
  }

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

const firstInterval = 50;
const longestInterval = 2_000;

/**
 * Time between two calls to one service in one region. There is none until the service asks for fewer calls; then the pace
 * slows down, and recovers with every good answer.
 */
export class Pace {
  #interval = 0;
  #next = 0;
  #slowedAt = -Infinity;

  /** Milliseconds to wait before the next call. Each question reserves a turn. */
  turn(now: number): number {
    if (this.#interval === 0) return 0;
    const turn = Math.max(now, this.#next);
    this.#next = turn + this.#interval;
    return turn - now;
  }

  /** @param sent  when the refused call was sent: those sent before the pace changed say nothing about the new one */
  throttled(sent: number, now: number): void {
    if (sent <= this.#slowedAt) return;
    this.#slowedAt = now;
    this.#interval = Math.min(longestInterval, this.#interval === 0 ? firstInterval : this.#interval * 2);
  }

  succeeded(): void {
    const interval = this.#interval * 0.9;
    this.#interval = interval < 1 ? 0 : interval;
  }
}

/** Works on all items, at most `size` at the same time. The first error ends it, when what was begun has come to its end. */
export async function forEach<Item>(
  items: Iterable<Item>,
  size: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const errors: unknown[] = [];
  const worker = async () => {
    for (let next = iterator.next(); next.done !== true && errors.length === 0; next = iterator.next()) {
      await work(next.value).catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, size) }, worker));
  if (errors.length > 0) throw errors[0];
}

/** Waits for all, then throws the first error there was: nothing goes on behind the back of who waits. */
export async function settled(work: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
