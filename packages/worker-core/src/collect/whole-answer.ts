import { pause, pauseAfter } from '../core-client/back-off.ts';
import { errorCode } from '../errors.ts';

const attempts = 5;
const backOff = { minimum: 250, maximum: 5_000 };

/**
 * Reads an answer of the core, and once more from its beginning when the connection was lost on the way: the client repeats
 * only what has not begun to arrive. `read` must not mind rows it has seen before.
 */
export async function wholeAnswer<Result>(signal: AbortSignal, read: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (errorCode(error) !== 'connection_closed' || attempt === attempts) throw error;
      await pause(pauseAfter(attempt, backOff), signal);
    }
  }
}
