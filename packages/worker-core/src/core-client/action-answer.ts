/** The final answers of an action (protocol 5.4). */
import { errorAdvice } from '../errors.ts';
import { actionDone, actionError, type Action } from '../protocol/messages.ts';

/** Bytes of the longest answer with everything that was received: a thousand of them are kept. */
const maxEchoLength = 64 * 1024;

export function doneAnswer(action: Action): string {
  return fitting(actionDone, action);
}

/** Says what failed, why, and what to do about it. */
export function errorAnswer(action: Action, error: unknown): string {
  const text = `Failed to ${action.message_type}: ${errorAdvice(error)}`;
  return fitting((failed) => actionError(failed, text), action);
}

/** The answer with all the data that was received; if that is too much, with task and step alone. */
function fitting(answer: (action: Action) => string, action: Action): string {
  const { task, step } = action.data;
  try {
    const whole = answer(action);
    if (Buffer.byteLength(whole) <= maxEchoLength) return whole;
  } catch {
    // Data that is nested too deeply can be read, but not written.
  }
  return answer({ ...action, data: { task, step } });
}
