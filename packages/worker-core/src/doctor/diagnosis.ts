import { errorHint, errorText } from '../errors.ts';
import type { LogRecord } from '../log/log-record.ts';
import type { Finding } from '../plugin/contract.ts';
import { stringifyJson } from '../protocol/json.ts';

/** A finding and what it is about: `core`, `key`, `clock`, `configuration`, `plugin aws`, `account aws 123` … */
export interface Diagnosis extends Finding {
  readonly about: string;
}

/** What is said of something that failed. */
export function failed(about: string, error: unknown): Diagnosis {
  return { about, status: 'fail', what: errorText(error), advice: errorHint(error) };
}

/** What a worker would log, as a finding. */
export function remark(about: string, { level, message, facts }: LogRecord): Diagnosis {
  const { hint, ...rest } = facts;
  const details = Object.entries(rest).map(([name, value]) => {
    return `${name} ${typeof value === 'string' ? value : (stringifyJson(value) ?? String(value))}`;
  });
  return {
    about,
    status: level === 'debug' || level === 'info' ? 'ok' : 'warn',
    what: details.length === 0 ? message : `${message}: ${details.join(', ')}`,
    ...(typeof hint === 'string' ? { advice: hint } : {}),
  };
}
