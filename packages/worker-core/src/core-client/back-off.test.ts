import { expect, test } from '@jest/globals';
import { pause, pauseAfter, retryAfter } from './back-off.ts';

test('W16: pauses double up to the longest one', () => {
  const backOff = { minimum: 250, maximum: 30_000, random: () => 1 };

  expect([1, 2, 3, 8, 100].map((failures) => pauseAfter(failures, backOff))).toEqual([250, 500, 1000, 30_000, 30_000]);
});

test('W16: chance shortens a pause by up to a half', () => {
  expect(pauseAfter(2, { minimum: 100, maximum: 1000, random: () => 0 })).toBe(100);
});

test('the core may ask for seconds or for a date', () => {
  const now = (): number => Date.UTC(2024, 2, 1, 10);

  expect(retryAfter('5', now)).toBe(5000);
  expect(retryAfter('Fri, 01 Mar 2024 10:00:30 GMT', now)).toBe(30_000);
  expect(retryAfter('Fri, 01 Mar 2024 09:00:00 GMT', now)).toBe(0);
  expect([retryAfter(undefined), retryAfter('soon')]).toEqual([undefined, undefined]);
});

test('a pause ends with the reason of its signal', async () => {
  const reason = new Error('enough');

  await expect(pause(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
});
