import { types } from 'node:util';
import { errorCode, errorHint, errorText } from '../errors.ts';
import type { LogLevel } from './log-level.ts';

export type LogFacts = Readonly<Record<string, unknown>>;

/** One log entry as plain data: it travels from worker threads to the main thread. */
export interface LogRecord {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly thread: string;
  readonly facts: LogFacts;
  /** Stack of the error among the facts, with its causes. */
  readonly exception?: string;
}

/** Makes a record. An error among the facts becomes its text, its code and hint stand beside it. */
export function logRecord(level: LogLevel, thread: string, message: string, facts: LogFacts = {}): LogRecord {
  const plain: Record<string, unknown> = {};
  let exception: string | undefined;
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue;
    if (!types.isNativeError(value)) {
      plain[name] = value;
      continue;
    }
    plain[name] = errorText(value);
    plain['code'] ??= errorCode(value);
    plain['hint'] ??= errorHint(value);
    exception ??= stackOf(value);
  }
  return { time: Date.now(), level, thread, message, facts: plain, ...(exception === undefined ? {} : { exception }) };
}

function stackOf(error: Error): string {
  const stack = error.stack ?? errorText(error);
  return types.isNativeError(error.cause) ? `${stack}\nCaused by: ${stackOf(error.cause)}` : stack;
}
