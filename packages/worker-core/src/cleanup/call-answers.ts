import { plainError } from '../collect/plain-error.ts';
import type { CallAnswer, ResourceData } from './resource.ts';
import type { CleanupCall } from './walk-options.ts';
import type { Work } from './work-queues.ts';

export interface CallAnswers {
  /** One for each resource. */
  readonly answers: readonly CallAnswer[];
  /** The call failed for all of them together, and one of them may have spoilt it for all. */
  readonly asWhole: boolean;
}

/** Makes a call, and tells its lane how it went. Never throws: what the call throws is the answer for each resource. */
export async function callAnswers(
  call: CleanupCall,
  { verb, account, lane }: Pick<Work, 'verb' | 'account' | 'lane'>,
  resources: readonly ResourceData[],
): Promise<CallAnswers> {
  let answers: readonly CallAnswer[];
  let asWhole = false;
  try {
    answers = await call(verb, account, resources);
  } catch (thrown) {
    const error = plainError(thrown);
    answers = resources.map(() => ({ is: 'failed', error }));
    asWhole = resources.length > 1 && error.code !== 'throttled';
  }
  const isThrottled = answers.some((answer) => answer.is === 'failed' && answer.error.code === 'throttled');
  if (isThrottled) lane.throttled(Date.now());
  else lane.succeeded();
  return { answers, asWhole };
}
