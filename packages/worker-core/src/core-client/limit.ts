/** Runs work as soon as a place is free. */
export type Limit = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** At most `places` pieces of work run at once; further ones start in the order they came. */
export function limited(places: number): Limit {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
