import { withCleanup, type CleanupSession } from '@resoto/worker-core';

import type { OptionValues } from './arguments.ts';
import { withCore } from './core-access.ts';
import type { Io } from './io.ts';
import { commandLog } from './log.ts';
import { onStopSignal } from './signals.ts';
import { workerAccess } from './worker-access.ts';

/** Milliseconds a person waits for a core that starts. */
const readyTimeout = 30_000;

/** Does cleanup work against the core the options name. A stop signal ends it without a further deletion. */
export async function cleanupAccess<Result>(
  options: OptionValues,
  io: Io,
  work: (session: CleanupSession) => Promise<Result>,
): Promise<Result> {
  const { secrets } = options;
  const log = await commandLog(options, io, { level: 'error', text: true });
  const stop = new AbortController();
  const forget = onStopSignal(() => stop.abort(new Error('it was stopped by a signal')));
  try {
    const { signal } = stop;
    return await withCore(options, { log, patience: readyTimeout, signal }, (core) =>
      withCleanup({ ...workerAccess(options, io), core, log, secrets, readyTimeout, signal }, work),
    );
  } finally {
    forget();
  }
}
