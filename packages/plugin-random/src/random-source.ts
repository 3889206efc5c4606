/** A seeded source of random numbers: the same seed draws the same graph on every machine. */
export interface RandomSource {
  /** Uniform integer from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  /** Draws a key with a probability proportional to its weight. */
  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key;
  /** Draws `count` different items. */
  sample<Item>(items: readonly Item[], count: number): Item[];
}

/** sfc32: small, fast and well distributed; its state fits into four integers. */
export function randomSource(seed: number, stream = 0): RandomSource {
  let a = seed >>> 0;
  let b = Math.floor(seed / 2 ** 32) >>> 0;
  let c = stream >>> 0;
  let counter = 1;

  function next(): number {
    const sum = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0;
    return sum / 2 ** 32;
  }
  // The first numbers of similar seeds resemble each other.
  for (let warmUp = 0; warmUp < 15; warmUp++) next();

  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[integer(0, items.length - 1)];
    if (item === undefined) throw new RangeError('cannot pick from an empty list');
    return item;
  };
  return {
    integer,
    chance: (probability) => next() < probability,
    pick,
    weighted: (weights) => {
      const keys = Object.keys(weights) as (keyof typeof weights)[];
      let rest = next() * keys.reduce((total, key) => total + weights[key], 0);
      return keys.find((key) => (rest -= weights[key]) < 0) ?? pick(keys);
    },
    sample: (items, count) => {
      const left = [...items];
      const drawn: (typeof items)[number][] = [];
      while (drawn.length < count && left.length > 0) drawn.push(...left.splice(integer(0, left.length - 1), 1));
      return drawn;
    },
  };
}

/** Rounds half to even: 0.5 → 0, 1.5 → 2, 2.5 → 2. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
