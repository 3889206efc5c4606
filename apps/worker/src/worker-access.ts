import type { WorkerOptions } from '@resoto/worker-core';

import type { OptionValues } from './arguments.ts';
import type { Io } from './io.ts';
import { pluginDirectories } from './plugin-directories.ts';
import { stateDirectory } from './state-directory.ts';

/** What the options say to every command that works as the worker at a core, besides where that is. */
export function workerAccess(options: OptionValues, io: Io) {
  return {
    generation: options.program.generation,
    subscriberId: options.text('subscriber-id'),
    overrides: options.list('override'),
    environment: io.env,
    pluginDirectories: pluginDirectories(),
    dataDirectory: options.text('data') ?? stateDirectory(io.env),
  } satisfies Partial<WorkerOptions>;
}
