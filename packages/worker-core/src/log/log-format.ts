import { stringifyJson } from '../protocol/json.ts';
import { levelNames } from './log-level.ts';
import type { LogRecord } from './log-record.ts';

export interface LogProcess {
  /** Name of the program in log lines. */
  readonly name: string;
  readonly pid: number;
}

const ownMembers = new Set(['timestamp', 'level', 'message', 'pid', 'thread', 'process', 'exception']);

/** `utc` says its zone; `local` is the form of the reference worker, which does not. */
export type LogTime = 'utc' | 'local';

/** One JSON object (worker behaviour 11.1); facts follow as members of their own. */
export function jsonLine(record: LogRecord, process: LogProcess, timeForm: LogTime = 'utc'): string {
  const { time, level, message, thread, facts, exception } = record;
  const entries = Object.entries(facts).map(
    ([name, value]) => [ownMembers.has(name) ? `${name}_` : name, value] as const,
  );
  return toJson({
    timestamp: timeForm === 'utc' ? `${new Date(time).toISOString().slice(0, 19)}Z` : localTime(time, 'T'),
    level: levelNames[level],
    message,
    pid: process.pid,
    thread,
    process: processName(record, process),
    ...(exception === undefined ? {} : { exception }),
    ...Object.fromEntries(entries),
  });
}

export const defaultTextFormat = '%(asctime)s|%(processName)s|%(levelname)5s|%(process)d|%(threadName)10s  %(message)s';

/** Of the standard library whose layouts these are; what is below debug has none there. */
const levelNumbers = { critical: 50, error: 40, warn: 30, info: 20, debug: 10, trace: 5 } as const;

/** A line of text in a layout of percent tokens (worker behaviour 11.2). Facts follow as `name=value`. */
export function textLine(record: LogRecord, process: LogProcess, layout: string = defaultTextFormat): string {
  const facts = Object.entries(record.facts).map(([name, value]) => ` ${name}=${factText(value)}`);
  const values: Readonly<Record<string, string>> = {
    created: String(record.time / 1000),
    msecs: String(record.time % 1000),
    levelno: String(levelNumbers[record.level]),
    asctime: localTime(record.time, ' ').slice(2),
    levelname: levelNames[record.level],
    message: record.message + facts.join(''),
    process: String(process.pid),
    processName: processName(record, process),
    threadName: record.thread,
    name: process.name,
  };
  const line = layout.replaceAll(
    token,
    (match, name?: string, flags: string = '', width: string = '', precision?: string, conversion: string = 's') => {
      if (name === undefined) return '%';
      const value = values[name];
      if (value === undefined) return match;
      const text = converted(value, conversion, precision === undefined ? undefined : Number(precision));
      if (flags.includes('-')) return text.padEnd(Number(width));
      return text.padStart(Number(width), flags.includes('0') && conversion !== 's' ? '0' : ' ');
    },
  );
  return harmless(record.exception === undefined ? line : `${line}\n${record.exception}`);
}

/** Texts of clouds and cores come along, and terminals obey control characters. */
function harmless(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}

const token = /%(?:\((\w+)\)([-+ #0]*)(\d*)(?:\.(\d+))?([sdf])|%)/g;

/** As the language of these layouts has it. What is no number stays as it is. */
function converted(value: string, conversion: string, precision: number | undefined): string {
  const number = Number(value);
  if (conversion === 's') return value.slice(0, precision);
  if (Number.isNaN(number)) return value;
  return conversion === 'd' ? String(Math.trunc(number)).padStart(precision ?? 0, '0') : number.toFixed(precision ?? 6);
}

function factText(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : toJson(value);
}

function processName({ part }: LogRecord, { name }: LogProcess): string {
  return part === undefined ? name : `${name}-${part}`;
}

function localTime(time: number, separator: string): string {
  const date = new Date(time);
  const day = [date.getMonth() + 1, date.getDate()].map(twoDigits);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits);
  return `${[date.getFullYear(), ...day].join('-')}${separator}${clock.join(':')}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** A value that is no JSON becomes text, so that a log line never fails. */
function toJson(value: unknown): string {
  try {
    return stringifyJson(value) ?? String(value);
  } catch {
    return JSON.stringify(String(value));
  }
}
