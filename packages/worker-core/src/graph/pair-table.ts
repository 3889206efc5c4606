import { none, uint32List } from './number-list.ts';
import { Slots } from './slots.ts';

/** Numbers pairs of numbers in the order in which they come, each once. A million of them cost 16 MB. */
export class PairTable {
  readonly #first = uint32List();
  readonly #second = uint32List();
  readonly #slots = new Slots();
  #wantedFirst = 0;
  #wantedSecond = 0;
  #removed = 0;

  /** Numbers of pairs go from 0 up to here; removed ones included. */
  get end(): number {
    return this.#first.length;
  }

  get size(): number {
    return this.end - this.#removed;
  }

  /** Adds a pair. False when it was there. */
  add(first: number, second: number): boolean {
    if (this.find(first, second) !== undefined) return false;
    const pair = this.end;
    this.#first.push(first);
    this.#second.push(second);
    this.#slots.add(hash(first, second), pair, this.#hashOf);
    return true;
  }

  find(first: number, second: number): number | undefined {
    this.#wantedFirst = first;
    this.#wantedSecond = second;
    return this.#slots.find(hash(first, second), this.#isWanted);
  }

  /** The first of a pair; `none` when it was removed. */
  first(pair: number): number {
    return this.#first.get(pair);
  }

  second(pair: number): number {
    return this.#second.get(pair);
  }

  /** Takes a pair away. Its number is not used again. */
  remove(pair: number): void {
    if (this.first(pair) === none) return;
    this.#first.set(pair, none);
    this.#removed += 1;
  }

  // What is left of a removed pair may hash anywhere, because nothing looks for it.
  readonly #hashOf = (pair: number): number => hash(this.first(pair), this.second(pair));

  readonly #isWanted = (pair: number): boolean =>
    this.first(pair) === this.#wantedFirst && this.second(pair) === this.#wantedSecond;
}

function hash(first: number, second: number): number {
  const mixed = Math.imul(first ^ Math.imul(second, 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
