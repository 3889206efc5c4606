import { errorHint, errorText, startWorker } from '@resoto/worker-core';

import type { Command } from './arguments.ts';
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
  const { secrets } = options;
  const log = await commandLog(options, io);
  const forgetting = [onLevelSignal(log), logRuntime(log)];
  try {
    return await withCore(options, { log, patience: readyTimeout }, async (core) => {
      const worker = await startWorker({
        ...workerAccess(options, io),
        core,
        idleTimeout: options.integer('idle-timeout'),
        log,
        secrets,
      });
      const forget = onStopSignal(() => void worker.stop());
      const end = await worker.ended;
      forget();
      return end === 'idle' ? exitCode.failure : exitCode.success;
    });
  } catch (error) {
    log.critical(errorText(error), { hint: errorHint(error), error });
    return exitCode.failure;
  } finally {
    for (const forget of forgetting) forget();
  }
}
