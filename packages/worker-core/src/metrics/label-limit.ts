type Labels = Readonly<Record<string, string>>;

/**
 * Bounds the series of a metric whose labels come from clouds. Sets of labels beyond the limit are counted together, with `other`
 * as every value.
 */
export class LabelLimit {
  readonly #atMost: number;
  readonly #known = new Set<string>();

  constructor(atMost: number) {
    this.#atMost = atMost;
  }

  /** The labels to count with. */
  of<Given extends Labels>(labels: Given): { readonly [Name in keyof Given]: string } {
    const key = JSON.stringify(Object.values(labels));
    if (this.#known.has(key)) return labels;
    if (this.#known.size < this.#atMost) {
      this.#known.add(key);
      return labels;
    }
    const other = Object.fromEntries(Object.keys(labels).map((name) => [name, 'other']));
    return other as { [Name in keyof Given]: string };
  }
}
