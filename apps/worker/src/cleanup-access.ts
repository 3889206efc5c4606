import { Secrets, withCleanup, type CleanupSession } from '@resoto/worker-core';

import type { OptionValues } from './arguments.ts';
import { coreAccess } from './core-access.ts';
import type { Io } from './io.ts';
import { commandLog } from './log.ts';
import { pluginDirectories } from './plugin-directories.ts';
import { onStopSignal } from './signals.ts';
import { stateDirectory } from './state-directory.ts';

/** Does cleanup work against the core the options name. A stop signal ends it without a further deletion. */
export async function cleanupAccess<Result>(
  options: OptionValues,
  io: Io,
  work: (session: CleanupSession) => Promise<Result>,
): Promise<Result> {
  const secrets = new Secrets();
  const psk = options.text('psk');
  if (psk !== undefined) secrets.add(psk);
  const log = await commandLog(options, io, { secrets, level: 'error', text: true });
  const stop = new AbortController();
  const forget = onStopSignal(() => stop.abort(new Error('it was stopped by a signal')));
  try {
    return await withCleanup(
      {
        core: await coreAccess(options),
        generation: 'resoto',
        subscriberId: options.text('subscriber-id'),
        overrides: options.list('override'),
        environment: io.env,
        pluginDirectories: pluginDirectories(),
        dataDirectory: options.text('data') ?? stateDirectory(io.env),
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
