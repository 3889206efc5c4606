import { expect, test } from '@jest/globals';

import { kept } from './credentials.ts';

const hour = 3_600_000;

function provider(now: () => number) {
  let asked = 0;
  const credentials = kept(async () => {
    asked += 1;
    return { accessKeyId: `key ${asked}`, secretAccessKey: 's', expiration: new Date(now() + hour) };
  }, now);
  return { credentials, asked: () => asked };
}

test('credentials are asked for once by all who need them', async () => {
  const { credentials, asked } = provider(() => 0);

  await Promise.all([credentials(), credentials(), credentials()]);

  expect(asked()).toBe(1);
});

test('credentials are renewed shortly before they expire', async () => {
  let now = 0;
  const { credentials } = provider(() => now);
  await credentials();

  now = hour - 6 * 60_000;
  expect((await credentials()).accessKeyId).toBe('key 1');
  now = hour - 4 * 60_000;
  expect((await credentials()).accessKeyId).toBe('key 2');
});

test('a login that failed is tried again', async () => {
  let works = false;
  const credentials = kept(async () => {
    if (!works) throw new Error('not yet');
    return { accessKeyId: 'key', secretAccessKey: 's' };
  });
  await expect(credentials()).rejects.toThrow('not yet');

  works = true;

  await expect(credentials()).resolves.toMatchObject({ accessKeyId: 'key' });
});
