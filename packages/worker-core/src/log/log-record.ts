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
  /** Part of the program it comes from, for instance the cloud of a collector: `aws` is shown as process `resotoworker-aws`. */
  readonly part?: string;
  readonly facts: LogFacts;
  /** Stack of an error among the facts that nobody foresaw, with its causes. */
  readonly exception?: string;
}

/** Where a record comes from. */
export type LogPlace = Pick<LogRecord, 'thread' | 'part'>;

/** Makes a record. An error among the facts becomes its text, its code and hint stand beside it. */
export function logRecord(level: LogLevel, place: LogPlace, message: string, facts: LogFacts = {}): LogRecord {
  const plain: Record<string, unknown> = {};
  let exception: string | undefined;
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue;
    if (!types.isNativeError(value)) {
      plain[name] = value;
      continue;
    }
    plain[name] = errorText(value);
    const known = { code: errorCode(value), hint: errorHint(value) };
    for (const [fact, text] of Object.entries(known)) if (text !== undefined) plain[fact] ??= text;
    const unforeseen = firstUnforeseen(value);
    if (unforeseen !== undefined) exception ??= stackOf(unforeseen);
  }
  return {
    time: Date.now(),
    level,
    ...place,
    message,
    facts: plain,
    ...(exception === undefined ? {} : { exception }),
  };
}

/** An error without code is a mistake in a program, and its stack is what helps. All others say what to do. */
function firstUnforeseen(error: Error): Error | undefined {
  if (errorCode(error) === undefined) return error;
  return types.isNativeError(error.cause) ? firstUnforeseen(error.cause) : undefined;
}

function stackOf(error: Error): string {
  const stack = error.stack ?? errorText(error);
  return types.isNativeError(error.cause) ? `${stack}\nCaused by: ${stackOf(error.cause)}` : stack;
}
