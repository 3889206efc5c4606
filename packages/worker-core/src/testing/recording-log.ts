/** A log for tests that keeps what was written. */
import type { Logger } from '../plugin/contract.ts';

type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A log that keeps what is written. */
export interface RecordingLog extends Logger {
  readonly records: readonly LogRecord[];
  /** Messages of a level, in order. */
  messages(level: LogLevel): string[];
}

export function recordingLog(): RecordingLog {
  const records: LogRecord[] = [];
  const write =
    (level: LogLevel) =>
    (message: string, facts: Readonly<Record<string, unknown>> = {}) => {
      records.push({ level, message, facts });
    };
  return {
    records,
    messages: (level) => records.filter((record) => record.level === level).map(({ message }) => message),
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}
