/** Groups what comes in, at most `size` at a time. */
export async function* batches<Item>(source: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of source) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Runs `work` on at most `limit` items at once; results come in the order of the items. */
export async function* concurrently<Item, Result>(
  source: AsyncIterable<Item>,
  limit: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const running: Promise<Result>[] = [];
  for await (const item of source) {
    const result = work(item);
    // Observed here too, so that a failure of a later item does not count as unhandled while an earlier one is awaited.
    result.catch(() => {});
    running.push(result);
    const [first] = running;
    if (running.length < limit || first === undefined) continue;
    yield await first;
    void running.shift();
  }
  for (const result of running) yield await result;
}
