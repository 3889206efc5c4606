import { afterEach, expect, test } from '@jest/globals';
import { onSchedule, parseCron } from './cron.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

test.each([
  ['0 * * * *', '2024-03-01T10:15:30Z', '2024-03-01T11:00:00Z'],
  ['0 * * * *', '2024-03-01T10:00:00Z', '2024-03-01T11:00:00Z'],
  ['*/20 8-9 * * *', '2024-03-01T08:40:00Z', '2024-03-01T09:00:00Z'],
  ['30 2 1,15 * *', '2024-03-02T00:00:00Z', '2024-03-15T02:30:00Z'],
  ['0 0 * * mon', '2024-03-01T00:00:00Z', '2024-03-04T00:00:00Z'],
  ['0 0 * * 7', '2024-03-01T00:00:00Z', '2024-03-03T00:00:00Z'],
  ['0 0 29 feb *', '2024-03-01T00:00:00Z', '2028-02-29T00:00:00Z'],
  ['0 0 13 * fri', '2024-03-01T00:00:00Z', '2024-03-08T00:00:00Z'],
])('%s after %s comes at %s', (text, after, expected) => {
  expect(parseCron(text).next(Date.parse(after))).toBe(Date.parse(expected));
});

test('a day that never comes has no next time', () => {
  expect(parseCron('0 0 31 2 *').next(Date.parse('2024-01-01T00:00:00Z'))).toBeUndefined();
});

test.each(['* * * *', '60 * * * *', '* 5-3 * * *', '*/0 * * * *', '* * * foo *', '1- * * * *'])(
  'refuses %s',
  (text) => {
    expect(() => parseCron(text)).toThrow(expect.objectContaining({ code: 'wrong_configuration' }));
  },
);

test('runs at each time of the schedule', async () => {
  const ran: number[] = [];
  const start = Date.now();

  await new Promise<void>((resolve) => {
    const schedule = { next: (time: number) => time + 20 };
    stops.push(
      onSchedule(schedule, () => {
        ran.push(Date.now() - start);
        if (ran.length === 2) resolve();
      }),
    );
  });

  expect(ran[0]).toBeGreaterThanOrEqual(19);
  expect(ran[1]).toBeGreaterThanOrEqual(39);
});
