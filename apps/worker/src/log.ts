import { logLevel, openLog, textOption, timeOption, type Log, type LogLevel } from '@resoto/worker-core';

import type { OptionValues } from './arguments.ts';
import { exitCode } from './exit-code.ts';
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
    text: text ?? textOption(io.env, program.generation),
    time: timeOption(io.env, program.generation),
  });
  for (const remark of remarks) log.warn('a variable may not be understood as it was meant', { remark });
  return log;
}

/**
 * What the runtime would write between the lines becomes entries of the log: warnings of libraries, and the crash of the program,
 * which ends it with exit code 1.
 *
 * @returns ends that
 */
export function logRuntime(log: Log): () => void {
  const warn = (warning: Error): void => log.debug('warning of a library', { warning: String(warning) });
  const crash = (error: unknown): void => {
    log.critical('the program crashed', { error });
    process.exit(exitCode.failure);
  };
  process.removeAllListeners('warning');
  process.on('warning', warn).on('uncaughtException', crash);
  return () => process.off('warning', warn).off('uncaughtException', crash);
}
