import { describe, expect, test } from '@jest/globals';

import { forEach, Pace, Semaphore, settled } from './limits.ts';

test('a semaphore lets no more in than it has places, and forgets no one', async () => {
  const semaphore = new Semaphore(2);
  let inside = 0;
  let most = 0;

  const results = await Promise.allSettled(
    Array.from({ length: 10 }, (_, index) =>
      semaphore.run(async () => {
        most = Math.max(most, (inside += 1));
        await Promise.resolve();
        inside -= 1;
        if (index === 3) throw new Error('one fails');
        return index;
      }),
    ),
  );

  expect(most).toBe(2);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
});

test('work on all items ends with the first error, when what was begun has ended', async () => {
  const begun: number[] = [];
  const ended: number[] = [];

  const work = forEach([1, 2, 3, 4, 5], 2, async (item) => {
    begun.push(item);
    await Promise.resolve();
    ended.push(item);
    if (item === 2) throw new Error('two');
  });

  await expect(work).rejects.toThrow('two');
  expect(ended).toEqual(begun);
  expect(begun).not.toContain(5);
});

describe('the pace', () => {
  test('is not limited before a call was throttled', () => {
    expect(new Pace().turn(0)).toBe(0);
  });

  test('keeps calls apart after that', () => {
    const pace = new Pace();
    pace.throttled(1, 2);

    expect([pace.turn(10), pace.turn(10), pace.turn(10)]).toEqual([0, 50, 100]);
  });

  test('slows down once for calls that were in flight together', () => {
    const pace = new Pace();
    for (let call = 0; call < 20; call += 1) pace.throttled(1, 2);
    pace.turn(10);

    expect(pace.turn(10)).toBe(50);
  });

  test('recovers with calls that are answered', () => {
    const pace = new Pace();
    pace.throttled(1, 2);
    for (let call = 0; call < 50; call += 1) pace.succeeded();

    expect([pace.turn(10), pace.turn(10)]).toEqual([0, 0]);
  });
});

test('all work has ended when the first error is thrown', async () => {
  let ended = false;
  const slow = Promise.resolve().then(() => {
    ended = true;
  });

  await expect(settled([Promise.reject(new Error('first')), slow])).rejects.toThrow('first');

  expect(ended).toBe(true);
});
