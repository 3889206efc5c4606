/**
 * A list of numbers that grows without copying: chunks of typed arrays, so that a million entries cost their bare bytes
 * and no peak while growing.
 */
export class NumberList {
  readonly #makeChunk: (length: number) => Numbers;
  readonly #chunks: Numbers[] = [];
  #length = 0;

  /** @param makeChunk  for example `(length) => new Uint32Array(length)` */
  constructor(makeChunk: (length: number) => Numbers) {
    this.#makeChunk = makeChunk;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const chunk = this.#chunks[this.#length >>> chunkBits] ?? this.#addChunk();
    chunk[this.#length & chunkMask] = value;
    this.#length += 1;
  }

  get(index: number): number {
    return this.#chunks[index >>> chunkBits]?.[index & chunkMask] ?? 0;
  }

  set(index: number, value: number): void {
    const chunk = this.#chunks[index >>> chunkBits];
    if (chunk !== undefined) chunk[index & chunkMask] = value;
  }

  #addChunk(): Numbers {
    const chunk = this.#makeChunk(chunkSize);
    this.#chunks.push(chunk);
    return chunk;
  }
}

export function uint32List(): NumberList {
  return new NumberList((length) => new Uint32Array(length));
}

/** Marks an entry of a 32-bit list as empty. */
export const none = 0xffffffff;

type Numbers = Uint16Array | Uint32Array | Float64Array;

const chunkBits = 14;
const chunkSize = 1 << chunkBits;
const chunkMask = chunkSize - 1;
