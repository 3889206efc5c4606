import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { TimedOutError } from './errors.ts';
import { withTimeLimit } from './time-limit.ts';

const late = () => new TimedOutError('too late');

async function aborted(signal: AbortSignal): Promise<unknown> {
  if (!signal.aborted) await once(signal, 'abort');
  return signal.reason;
}

describe('a time limit', () => {
  test('aborts the work with its reason when the time is over, and waits for it', async () => {
    const reason = await withTimeLimit({ milliseconds: 1, late }, aborted);

    expect(reason).toMatchObject({ code: 'timed_out', message: 'too late' });
  });

  test('hands the reason of an earlier end on', async () => {
    const reason = await withTimeLimit({ milliseconds: 60_000, late, signal: AbortSignal.abort('stopped') }, aborted);

    expect(reason).toBe('stopped');
  });

  test('longer than a timer can wait does not end at once', async () => {
    const isAborted = await withTimeLimit({ milliseconds: Number.MAX_SAFE_INTEGER, late }, async (signal) => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      return signal.aborted;
    });

    expect(isAborted).toBe(false);
  });
});
