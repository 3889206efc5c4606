/** A growing list of 32-bit integers, four bytes each. */
export class Numbers {
  #items = new Int32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#items.length) {
      const larger = new Int32Array(this.#length * 2);
      larger.set(this.#items);
      this.#items = larger;
    }
    this.#items[this.#length++] = value;
  }

  set(index: number, value: number): void {
    this.#items[index] = value;
  }

  at(index: number): number {
    return this.#items[index] ?? 0;
  }

  /** A view on the items; valid until the next push. */
  view(): Int32Array {
    return this.#items.subarray(0, this.#length);
  }
}
