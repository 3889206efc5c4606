import type { Writable } from 'node:stream';
import type { Logger } from '../plugin/contract.ts';
import { jsonLine, textLine, type LogProcess } from './log-format.ts';
import { logLevels, type LogLevel } from './log-level.ts';
import { logRecord, type LogFacts, type LogRecord } from './log-record.ts';
import type { Secrets } from './secrets.ts';

/** The log of the worker. Messages are constant texts; what varies are facts. */
export interface Log extends Logger {
  critical(message: string, facts?: LogFacts): void;
  trace(message: string, facts?: LogFacts): void;
  /** The same log under another thread name. */
  child(thread: string): Log;
  /** Writes an entry that was made elsewhere, for instance in a worker thread. */
  write(record: LogRecord): void;
  readonly level: LogLevel;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Where lines go to: standard error. */
  readonly stream: Writable;
  /** Program name in log lines. */
  readonly name: string;
  readonly secrets: Secrets;
  /** Lines of text instead of JSON; a text is the layout of these lines. */
  readonly text?: boolean | string;
  readonly thread?: string;
}

/** The text option that `RESOTO_LOG_TEXT` and `RESOTO_LOG_FORMAT` (or their `FIX_` twins) ask for. */
export function textOption(environment: Readonly<Record<string, string | undefined>>): boolean | string {
  const read = (name: string) => environment[`RESOTO_${name}`] ?? environment[`FIX_${name}`];
  return read('LOG_TEXT')?.toLowerCase() === 'true' && (read('LOG_FORMAT') ?? true);
}

/** Opens the log. winston is loaded here, so that whatever needs no log does not pay for it. */
export async function openLog(options: LogOptions): Promise<Log> {
  const { createLogger, format, transports } = await import('winston');
  const { secrets, level, text = false } = options;
  const process: LogProcess = { name: options.name, pid: globalThis.process.pid };
  const layout = typeof text === 'string' ? text : undefined;

  const winston = createLogger({
    levels: logLevels,
    level,
    format: format.printf((info) => String(info.message)),
    transports: [new transports.Stream({ stream: options.stream, eol: '\n' })],
  });

  function write(record: LogRecord): void {
    if (logLevels[record.level] > logLevels[level]) return;
    const clean = redacted(record, secrets);
    winston.log(record.level, text === false ? jsonLine(clean, process) : textLine(clean, process, layout));
  }

  return logOf(write, level, options.thread ?? 'main');
}

/** A log whose entries go to `write`, for instance to another thread. */
export function logOf(write: (record: LogRecord) => void, level: LogLevel, thread: string): Log {
  function log(recordLevel: LogLevel, message: string, facts?: LogFacts): void {
    if (logLevels[recordLevel] <= logLevels[level]) write(logRecord(recordLevel, thread, message, facts));
  }
  return {
    level,
    write,
    critical: (message, facts) => log('critical', message, facts),
    error: (message, facts) => log('error', message, facts),
    warn: (message, facts) => log('warn', message, facts),
    info: (message, facts) => log('info', message, facts),
    debug: (message, facts) => log('debug', message, facts),
    trace: (message, facts) => log('trace', message, facts),
    child: (name) => logOf(write, level, name),
  };
}

function redacted(record: LogRecord, secrets: Secrets): LogRecord {
  return {
    ...record,
    message: secrets.redact(record.message),
    facts: secrets.redactFacts(record.facts),
    ...(record.exception === undefined ? {} : { exception: secrets.redact(record.exception) }),
  };
}
