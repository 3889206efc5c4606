import type { Writable } from 'node:stream';
import type { Logger } from '../plugin/contract.ts';
import type { Generation } from '../protocol/generation.ts';
import { jsonLine, textLine, type LogProcess, type LogTime } from './log-format.ts';
import { LevelSwitch, logLevels, type LogLevel } from './log-level.ts';
import { logRecord, type LogFacts, type LogPlace, type LogRecord } from './log-record.ts';
import type { Secrets } from './secrets.ts';

/** The log of the worker. Messages are constant texts; what varies are facts. */
export interface Log extends Logger {
  critical(message: string, facts?: LogFacts): void;
  /** The same log under another thread name, and as another part of the program. */
  child(thread: string, part?: string): Log;
  /** Writes an entry that was made elsewhere, for instance in a worker thread. */
  write(record: LogRecord): void;
  readonly level: LogLevel;
  /** Changes the level of this log, its children, and of all it is a child of. */
  setLevel(level: LogLevel): void;
  /** Calls back when the level was changed. @returns a function that ends it */
  onLevel(listener: (level: LogLevel) => void): () => void;
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
  /** Times in JSON lines: UTC with a `Z` (the default), or local without zone, as the reference worker writes them. */
  readonly time?: LogTime;
  readonly thread?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The text option that `RESOTO_LOG_TEXT` and `RESOTO_LOG_FORMAT` ask for, or their `FIX_` twins, which go first in that generation. */
export function textOption(environment: Environment, generation: Generation = 'resoto'): boolean | string {
  const variable = logVariable(environment, generation);
  return variable('LOG_TEXT')?.toLowerCase() === 'true' && (variable('LOG_FORMAT') || true);
}

/** The time option that `RESOTO_LOG_TIME=local` asks for, or `FIX_LOG_TIME`. */
export function timeOption(environment: Environment, generation: Generation = 'resoto'): LogTime {
  return logVariable(environment, generation)('LOG_TIME')?.toLowerCase() === 'local' ? 'local' : 'utc';
}

function logVariable(environment: Environment, generation: Generation): (name: string) => string | undefined {
  const [own, other] = generation === 'fix' ? ['FIX', 'RESOTO'] : ['RESOTO', 'FIX'];
  return (name) => environment[`${own}_${name}`] ?? environment[`${other}_${name}`];
}

/** Opens the log. winston is loaded here, so that whatever needs no log does not pay for it. */
export async function openLog(options: LogOptions): Promise<Log> {
  const { createLogger, format, transports } = await import('winston');
  const { secrets, text = false, time = 'utc' } = options;
  const levels = new LevelSwitch(options.level);
  const process: LogProcess = { name: options.name, pid: globalThis.process.pid };
  const layout = typeof text === 'string' ? text : undefined;

  const winston = createLogger({
    levels: logLevels,
    // Which entries are written is decided below, by a level that may change.
    level: 'trace',
    format: format.printf((info) => String(info.message)),
    transports: [new transports.Stream({ stream: options.stream, eol: '\n' })],
  });

  function write(record: LogRecord): void {
    if (!levels.takes(record.level)) return;
    const clean = redacted(record, secrets);
    winston.log(record.level, text === false ? jsonLine(clean, process, time) : textLine(clean, process, layout));
  }

  return logAt(write, levels, { thread: options.thread ?? 'main' });
}

/** A log whose entries go to `write`, for instance to another thread. */
export function logOf(write: (record: LogRecord) => void, level: LogLevel, thread: string): Log {
  return logAt(write, new LevelSwitch(level), { thread });
}

function logAt(write: (record: LogRecord) => void, levels: LevelSwitch, place: LogPlace): Log {
  function log(level: LogLevel, message: string, facts?: LogFacts): void {
    if (levels.takes(level)) write(logRecord(level, place, message, facts));
  }
  return {
    get level() {
      return levels.level;
    },
    setLevel: (level) => levels.set(level),
    onLevel: (listener) => levels.onChange(listener),
    write,
    critical: (message, facts) => log('critical', message, facts),
    error: (message, facts) => log('error', message, facts),
    warn: (message, facts) => log('warn', message, facts),
    info: (message, facts) => log('info', message, facts),
    debug: (message, facts) => log('debug', message, facts),
    trace: (message, facts) => log('trace', message, facts),
    child: (thread, part = place.part) => logAt(write, levels, { thread, ...(part === undefined ? {} : { part }) }),
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
