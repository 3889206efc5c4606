const examples = 3;

/** Counts things by what happened to them, and remembers the first few. */
export class Tally {
  readonly #counts = new Map<string, { count: number; readonly examples: string[] }>();

  add(what: string, example: string): void {
    const known = this.#counts.get(what) ?? { count: 0, examples: [] };
    known.count += 1;
    if (known.examples.length < examples) known.examples.push(example);
    this.#counts.set(what, known);
  }

  /** For each of them a text such as `it is protected: 12 resources (box a, box b, box c, …)`. */
  texts(): string[] {
    return [...this.#counts].map(([what, { count, examples: named }]) => {
      const more = count > named.length ? ', …' : '';
      return `${what}: ${count} ${count === 1 ? 'resource' : 'resources'} (${named.join(', ')}${more})`;
    });
  }
}
