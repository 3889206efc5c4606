/** From the most severe to the most talkative. Lower numbers are more severe, as winston wants it. */
export const logLevels = { critical: 0, error: 1, warn: 2, info: 3, debug: 4, trace: 5 } as const;

export type LogLevel = keyof typeof logLevels;

export interface LogSwitches {
  readonly trace?: boolean;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

/** The level that options or environment ask for: the most talkative switch wins. */
export function logLevel({ trace, verbose, quiet }: LogSwitches): LogLevel {
  if (trace === true) return 'trace';
  if (verbose === true) return 'debug';
  return quiet === true ? 'error' : 'info';
}

/** The name of a level in log lines. */
export const levelNames: Readonly<Record<LogLevel, string>> = {
  critical: 'CRITICAL',
  error: 'ERROR',
  warn: 'WARNING',
  info: 'INFO',
  debug: 'DEBUG',
  trace: 'TRACE',
};

/** A level that can be changed while it is in use. All logs that come from one another share it. */
export class LevelSwitch {
  #level: LogLevel;
  readonly #listeners = new Set<(level: LogLevel) => void>();

  constructor(level: LogLevel) {
    this.#level = level;
  }

  get level(): LogLevel {
    return this.#level;
  }

  set(level: LogLevel): void {
    if (level === this.#level) return;
    this.#level = level;
    for (const listener of this.#listeners) listener(level);
  }

  /** Is what has this level written? */
  takes(level: LogLevel): boolean {
    return logLevels[level] <= logLevels[this.#level];
  }

  /** Calls back on each change. @returns a function that ends it */
  onChange(listener: (level: LogLevel) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
