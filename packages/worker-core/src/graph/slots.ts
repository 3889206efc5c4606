/**
 * The slots of an open-addressing hash table with linear probing. They hold entry numbers; the entries themselves stay with
 * the table, which also compares them.
 */
export class Slots {
  #slots = new Uint32Array(smallest);
  #used = 0;

  /**
   * Number of the entry that `isEntry` accepts, or undefined.
   *
   * @param hash  any 32-bit integer, well mixed in its low bits
   */
  find(hash: number, isEntry: (entry: number) => boolean): number | undefined {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = (this.#slots[slot] ?? 0) - 1;
      if (entry < 0) return undefined;
      if (isEntry(entry)) return entry;
    }
  }

  /** Adds an entry that is not there. Growing asks for the hashes of all entries again, so none of them is stored. */
  add(hash: number, entry: number, hashOf: (entry: number) => number): void {
    if (this.#used >= this.#slots.length * highestLoad) this.#grow(hashOf);
    place(this.#slots, hash, entry);
    this.#used += 1;
  }

  #grow(hashOf: (entry: number) => number): void {
    const grown = new Uint32Array(this.#slots.length * 2);
    for (const entry of this.#slots) if (entry !== 0) place(grown, hashOf(entry - 1), entry - 1);
    this.#slots = grown;
  }
}

const smallest = 1024;
const highestLoad = 0.75;

function place(slots: Uint32Array, hash: number, entry: number): void {
  const mask = slots.length - 1;
  let slot = hash & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = entry + 1;
}
