import { describe, expect, test } from '@jest/globals';
import { TimedOutError } from './errors.ts';
import { untilAborted } from './testing/until-aborted.ts';
import { withTimeLimit } from './time-limit.ts';

const late = () => new TimedOutError('too late');

describe('a time limit', () => {
  test('aborts the work with its reason when the time is over, and waits for it', async () => {
    const work = withTimeLimit({ milliseconds: 1, late }, untilAborted);

    await expect(work).rejects.toMatchObject({ code: 'timed_out', message: 'too late' });
  });

  test('hands the reason of an earlier end on', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));

    const work = withTimeLimit({ milliseconds: 60_000, late, signal }, untilAborted);

    await expect(work).rejects.toThrow('stopped');
  });

  test('longer than a timer can wait does not end at once', async () => {
    const isAborted = await withTimeLimit({ milliseconds: Number.MAX_SAFE_INTEGER, late }, async (signal) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      return signal.aborted;
    });

    expect(isAborted).toBe(false);
  });
});
