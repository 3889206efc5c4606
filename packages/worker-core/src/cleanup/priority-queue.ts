/** Numbers, the one with the highest rank first. */
export class PriorityQueue {
  readonly #rank: (item: number) => number;
  readonly #heap: number[] = [];

  constructor(rank: (item: number) => number) {
    this.#rank = rank;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Rank of the first one. */
  get rank(): number {
    return this.#rankAt(0);
  }

  add(item: number): void {
    const heap = this.#heap;
    let position = heap.push(item) - 1;
    while (position > 0) {
      const above = (position - 1) >> 1;
      if (this.#rankAt(above) >= this.#rankAt(position)) break;
      this.#swap(above, position);
      position = above;
    }
  }

  take(): number | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (heap.length > 0 && last !== undefined) {
      heap[0] = last;
      this.#sink();
    }
    return first;
  }

  /** Some of the first ones, which stay. */
  peek(count: number): readonly number[] {
    return this.#heap.slice(0, count);
  }

  #sink(): void {
    for (let position = 0; ;) {
      const left = 2 * position + 1;
      let highest = position;
      if (this.#rankAt(left) > this.#rankAt(highest)) highest = left;
      if (this.#rankAt(left + 1) > this.#rankAt(highest)) highest = left + 1;
      if (highest === position) return;
      this.#swap(highest, position);
      position = highest;
    }
  }

  #rankAt(position: number): number {
    const item = this.#heap[position];
    return item === undefined ? -Infinity : this.#rank(item);
  }

  #swap(a: number, b: number): void {
    const [first, second] = [this.#heap[a] ?? 0, this.#heap[b] ?? 0];
    this.#heap[a] = second;
    this.#heap[b] = first;
  }
}
