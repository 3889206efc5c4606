import { errorCode, errorHint, errorText, openState, startWorker, type Log, type WorkerEnd } from '@resoto/worker-core';

import type { Command, OptionValues } from './arguments.ts';
import { withCore } from './core-access.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import type { Io } from './io.ts';
import { commandLog, logRuntime } from './log.ts';
import { onLevelSignal, onStopSignal } from './signals.ts';
import { workerAccess } from './worker-access.ts';

/** Milliseconds a core has to become ready. */
const readyTimeout = 300_000;

/** `resotoworker` without a command: connects to a core and works for it until it is told to stop. */
export async function connect({ options }: Command, io: Io): Promise<ExitCode> {
  const log = await commandLog(options, io);
  const stop = new AbortController();
  const onStop = (): void => stop.abort(new Error('it was stopped by a signal'));
  const forgetting = [onStopSignal(onStop), onLevelSignal(log), logRuntime(log)];
  try {
    await openState(workerAccess(options, io).dataDirectory);
    for (;;) {
      const end = await work(options, io, log, stop.signal);
      if (end === 'idle') return exitCode.failure;
      if (end === 'stopped') return exitCode.success;
      log.info('the worker starts again with its new settings');
    }
  } catch (error) {
    if (stop.signal.aborted) return exitCode.success;
    log.critical(errorText(error), { hint: errorHint(error), code: errorCode(error), error });
    return exitCode.failure;
  } finally {
    for (const forget of forgetting) forget();
  }
}

/** One life of the worker, from its certificates to its last answer. */
function work(options: OptionValues, io: Io, log: Log, signal: AbortSignal): Promise<WorkerEnd> {
  return withCore(options, { log, patience: readyTimeout, signal }, async (core, certificates) => {
    const worker = await startWorker({
      ...workerAccess(options, io),
      ...{ core, certificates, log, signal },
      idleTimeout: options.integer('idle-timeout'),
      secrets: options.secrets,
    });
    const onAbort = (): void => void worker.stop();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await worker.ended;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  });
}
