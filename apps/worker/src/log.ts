import { logLevel, openLog, textOption, timeOption, type Log, type LogLevel } from '@resoto/worker-core';

import type { OptionValues } from './arguments.ts';
import type { Io } from './io.ts';

export interface CommandLog {
  /** Level when neither option nor variable asks for one. */
  readonly level?: LogLevel;
  /** Lines of text, whatever the environment says. */
  readonly text?: boolean;
}

/**
 * Opens the log of a command: options first, else the variables `RESOTO_TRACE`, `_VERBOSE`, `_QUIET` (worker behaviour 11). It
 * masks the secrets of the options.
 */
export async function commandLog(
  options: OptionValues,
  io: Io,
  { level = 'info', text }: CommandLog = {},
): Promise<Log> {
  const { program, secrets, remarks } = options;
  const asked = (name: string): boolean =>
    options.flag(name) || io.env[`${program.names.environmentPrefix}_${name.toUpperCase()}`]?.toLowerCase() === 'true';
  const switches = { trace: asked('trace'), verbose: asked('verbose'), quiet: asked('quiet') };
  const anyAsked = Object.values(switches).includes(true);
  const log = await openLog({
    level: anyAsked ? logLevel(switches) : level,
    stream: io.stderr,
    name: program.name,
    secrets,
    text: text ?? textOption(io.env),
    time: timeOption(io.env),
  });
  for (const remark of remarks) log.warn('a variable may not be understood as it was meant', { remark });
  return log;
}

/** Warnings of libraries and of the runtime become entries of the log, instead of lines between them. @returns ends that */
export function logWarnings(log: Log): () => void {
  const write = (warning: Error): void => log.debug('warning of a library', { warning: String(warning) });
  process.removeAllListeners('warning');
  process.on('warning', write);
  return () => process.off('warning', write);
}
