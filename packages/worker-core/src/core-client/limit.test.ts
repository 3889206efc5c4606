import { expect, test } from '@jest/globals';
import { limited } from './limit.ts';

test('never more than the given number runs at once, and all run in order', async () => {
  const limit = limited(3);
  const started: number[] = [];
  let running = 0;
  let most = 0;

  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      limit(async () => {
        started.push(index);
        most = Math.max(most, ++running);
        await Promise.resolve();
        running -= 1;
      }),
    ),
  );

  expect(most).toBe(3);
  expect(started).toEqual(Array.from({ length: 20 }, (_, index) => index));
});

test('failed work frees its place', async () => {
  const limit = limited(1);

  await expect(limit(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(limit(async () => 'next')).resolves.toBe('next');
});

test('work that is aborted while it waits is not begun, and frees its turn', async () => {
  const limit = limited(1);
  const stop = new AbortController();
  let finish = (): void => {};
  const begun: string[] = [];
  const first = limit(() => new Promise<void>((resolve) => (finish = resolve)));
  const given = limit(async () => void begun.push('given up'), stop.signal);
  const next = limit(async () => void begun.push('next'));

  stop.abort(new Error('enough'));
  await expect(given).rejects.toThrow('enough');
  finish();
  await Promise.all([first, next]);

  expect(begun).toEqual(['next']);
  await expect(limit(async () => 'never', stop.signal)).rejects.toThrow('enough');
  await expect(limit(async () => 'free')).resolves.toBe('free');
});
