import { WorkerError } from '@resoto/worker-core';

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ') },
  { name: 'day of week', from: 0, to: 7, names: 'sun mon tue wed thu fri sat'.split(' ') },
];
const MINUTE = 60_000;
const LONGEST_TIMER = 2 ** 31 - 1;
// 29 February on a given weekday comes at least every 40 years, which spans a skipped leap year.
const HORIZON_DAYS = 40 * 366;

/** A schedule of five fields: minute, hour, day of month, month, day of week; times are UTC. */
export interface Schedule {
  /** The first moment after `time` that fits, in milliseconds since the epoch; undefined when there is none. */
  next(time: number): number | undefined;
}

/** Reads `*`, numbers, names, ranges, steps and lists. Throws `wrong_configuration`. */
export function parseCron(text: string): Schedule {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) throw cronError(text, `it has ${fields.length} fields instead of 5`);
  const [minutes, hours, days, months, weekdays] = FIELDS.map((field, index) =>
    values(fields[index] ?? '', field, text),
  );
  const fits = (date: Date): boolean => {
    const dayFits = days?.has(date.getUTCDate()) ?? false;
    const weekday = date.getUTCDay();
    const weekdayFits = weekdays?.has(weekday) === true || (weekday === 0 && weekdays?.has(7) === true);
    // As in every cron: when both days are restricted, one of them is enough.
    const either = fields[2] !== '*' && fields[4] !== '*';
    return (months?.has(date.getUTCMonth() + 1) ?? false) && (either ? dayFits || weekdayFits : dayFits && weekdayFits);
  };
  return {
    next(time) {
      const start = new Date(Math.floor(time / MINUTE) * MINUTE + MINUTE);
      for (let day = 0; day < HORIZON_DAYS; day += 1) {
        const date = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate() + day));
        if (!fits(date)) continue;
        const earliest = day === 0 ? start.getTime() : date.getTime();
        const found = firstMinute(date, earliest, hours ?? new Set(), minutes ?? new Set());
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

/** Calls `run` at every moment of the schedule until the returned function is called. */
export function onSchedule(schedule: Schedule, run: () => void, now: () => number = Date.now): () => void {
  let timer: NodeJS.Timeout | undefined;
  const arm = (after: number): void => {
    const next = schedule.next(after);
    if (next === undefined) return;
    const wait = Math.max(0, next - now());
    timer = setTimeout(
      () => {
        if (wait <= LONGEST_TIMER) run();
        arm(wait <= LONGEST_TIMER ? next : now());
      },
      Math.min(wait, LONGEST_TIMER),
    );
    timer.unref();
  };
  arm(now());
  return () => clearTimeout(timer);
}

function firstMinute(
  day: Date,
  earliest: number,
  hours: ReadonlySet<number>,
  minutes: ReadonlySet<number>,
): number | undefined {
  for (let hour = 0; hour < 24; hour += 1) {
    if (!hours.has(hour)) continue;
    for (let minute = 0; minute < 60; minute += 1) {
      const time = day.getTime() + (hour * 60 + minute) * MINUTE;
      if (minutes.has(minute) && time >= earliest) return time;
    }
  }
  return undefined;
}

function values(text: string, field: Field, whole: string): Set<number> {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step = '1'] = part.split('/');
    const [first, last] = bounds(range, field, part.includes('/'));
    if (!inRange(first, field) || !inRange(last, field) || first > last || !/^[1-9]\d*$/.test(step)) {
      throw cronError(whole, `"${part}" is no ${field.name} (${field.from} to ${field.to})`);
    }
    for (let value = first; value <= last; value += Number(step)) found.add(value);
  }
  return found;
}

function bounds(range: string, field: Field, stepped: boolean): [number, number] {
  if (range === '*') return [field.from, field.to];
  const [first = '', last] = range.split('-');
  const from = numberOf(first, field);
  if (last === undefined) return [from, stepped ? field.to : from];
  return [from, numberOf(last, field)];
}

function numberOf(text: string, field: Field): number {
  const index = field.names?.indexOf(text.toLowerCase()) ?? -1;
  if (index !== -1) return index + field.from;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function inRange(value: number, field: Field): boolean {
  return value >= field.from && value <= field.to;
}

function cronError(text: string, reason: string): WorkerError {
  return new WorkerError('wrong_configuration', `Cannot read the cron schedule "${text}": ${reason}`, {
    hint: 'Write five fields: minute, hour, day of month, month, day of week; for example "0 * * * *" for every hour.',
    facts: { schedule: text },
  });
}
