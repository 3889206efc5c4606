import { access, constants } from 'node:fs/promises';
import { errorCode, errorText, WorkerError } from '../errors.ts';
import { makeDirectory } from '../make-directory.ts';

/**
 * Makes the state directory, mode 0700. Nobody should wait for a core to learn that nothing can be kept.
 *
 * @throws WorkerError `state_unwritable`
 */
export async function openState(directory: string): Promise<void> {
  try {
    makeDirectory(directory);
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new WorkerError('state_unwritable', `Cannot keep state in ${directory}: ${errorText(cause)}`, {
      hint: 'Make it writable, or choose another state directory with --data.',
      facts: { directory, reason: errorCode(cause) },
      cause,
    });
  }
}
