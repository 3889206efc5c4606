import { logLevel, openLog, textOption, type Log, type LogLevel, type Secrets } from '@resoto/worker-core';

import type { OptionValues } from './arguments.ts';
import type { Io } from './io.ts';

export interface CommandLog {
  readonly secrets: Secrets;
  /** Level when neither option nor variable asks for one. */
  readonly level?: LogLevel;
  /** Lines of text, whatever the environment says. */
  readonly text?: boolean;
}

/** Opens the log of a command: options first, else the variables `RESOTO_TRACE`, `_VERBOSE`, `_QUIET` (worker behaviour 11). */
export function commandLog(options: OptionValues, io: Io, { secrets, level = 'info', text }: CommandLog): Promise<Log> {
  const asked = (name: string): boolean =>
    options.flag(name) || io.env[`RESOTO_${name.toUpperCase()}`]?.toLowerCase() === 'true';
  const switches = { trace: asked('trace'), verbose: asked('verbose'), quiet: asked('quiet') };
  const anyAsked = Object.values(switches).includes(true);
  return openLog({
    level: anyAsked ? logLevel(switches) : level,
    stream: io.stderr,
    name: 'resotoworker',
    secrets,
    text: text ?? textOption(io.env),
  });
}
