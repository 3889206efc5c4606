import { withCleanup, type CleanupSession } from '@resoto/worker-core';

import type { OptionValues } from './arguments.ts';
import type { Io } from './io.ts';
import { commandLog } from './log.ts';
import { onStopSignal } from './signals.ts';
import { workerAccess } from './worker-access.ts';

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
    return await withCleanup(
      {
        ...(await workerAccess(options, io)),
        log,
        secrets,
        readyTimeout: 30_000,
        signal: stop.signal,
      },
      work,
    );
  } finally {
    forget();
  }
}
