/** Nodes of a walk that wait for their turn, are in a call, or wait for another attempt. */
export class BusyNodes {
  readonly #busy: Uint8Array;
  #count = 0;

  /** @param size  nodes of the walk */
  constructor(size: number) {
    this.#busy = new Uint8Array(size);
  }

  get count(): number {
    return this.#count;
  }

  has(node: number): boolean {
    return this.#busy[node] === 1;
  }

  add(node: number): void {
    if (this.has(node)) return;
    this.#busy[node] = 1;
    this.#count += 1;
  }

  delete(node: number): void {
    if (!this.has(node)) return;
    this.#busy[node] = 0;
    this.#count -= 1;
  }
}
