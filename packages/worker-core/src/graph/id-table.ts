import { Slots } from './slots.ts';

/**
 * Numbers 128-bit keys in the order in which they come: 0, 1, 2 … A million of them cost 24 MB.
 * The keys are digests, so their first bits serve as hash.
 */
export class IdTable {
  readonly #chunks: Chunk[] = [];
  readonly #slots = new Slots();
  readonly #key = makeChunk(1);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Number of a key of 16 bytes; a new one when it was not there, which `size` shows. */
  add(key: Uint8Array): number {
    const found = this.find(key);
    if (found !== undefined) return found;
    const entry = this.#size;
    this.#chunkOf(entry).bytes.set(this.#key.bytes, (entry & chunkMask) * keyBytes);
    this.#size += 1;
    this.#slots.add(this.#word(entry, 0), entry, this.#hashOf);
    return entry;
  }

  find(key: Uint8Array): number | undefined {
    this.#key.bytes.set(key);
    return this.#slots.find(this.#key.words[0] ?? 0, this.#isKey);
  }

  /** Where the 16 bytes of a key are. They are not to be changed. */
  locate(entry: number): { readonly bytes: Uint8Array; readonly offset: number } {
    return { bytes: this.#chunkOf(entry).bytes, offset: (entry & chunkMask) * keyBytes };
  }

  readonly #hashOf = (entry: number): number => this.#word(entry, 0);

  readonly #isKey = (entry: number): boolean => {
    const { words } = this.#key;
    return (
      this.#word(entry, 0) === words[0] &&
      this.#word(entry, 1) === words[1] &&
      this.#word(entry, 2) === words[2] &&
      this.#word(entry, 3) === words[3]
    );
  };

  #word(entry: number, word: number): number {
    return this.#chunks[entry >>> chunkBits]?.words[(entry & chunkMask) * keyWords + word] ?? 0;
  }

  #chunkOf(entry: number): Chunk {
    let chunk = this.#chunks[entry >>> chunkBits];
    if (chunk === undefined) this.#chunks.push((chunk = makeChunk(chunkSize)));
    return chunk;
  }
}

/** The same memory as bytes and as words. */
interface Chunk {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

const chunkBits = 12;
const chunkSize = 1 << chunkBits;
const chunkMask = chunkSize - 1;
const keyBytes = 16;
const keyWords = 4;

function makeChunk(keys: number): Chunk {
  const buffer = new ArrayBuffer(keys * keyBytes);
  return { bytes: new Uint8Array(buffer), words: new Uint32Array(buffer) };
}
