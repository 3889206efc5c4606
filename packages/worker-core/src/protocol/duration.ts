/** Durations as text (protocol 7.12, worker behaviour 2.9). A year has 365 days, a month 31. */

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

const units = [
  { seconds: 365 * day, written: 'yr', names: ['years', 'year', 'yr', 'y'] },
  { seconds: 31 * day, written: 'mo', names: ['months', 'month', 'mo', 'M'] },
  { seconds: 7 * day, written: undefined, names: ['weeks', 'week', 'w'] },
  { seconds: day, written: 'd', names: ['days', 'day', 'd'] },
  { seconds: hour, written: 'h', names: ['hours', 'hour', 'h'] },
  { seconds: minute, written: 'min', names: ['minutes', 'minute', 'min', 'm'] },
  { seconds: 1, written: 's', names: ['seconds', 'second', 's'] },
] as const;

/**
 * Seconds of a duration text: number and unit, repeated (`1d2h`, `3 days and 4 h`, `-1.5h`), or ISO 8601 (`P1DT2H`).
 * Undefined when the text is no duration.
 */
export function parseDuration(text: string): number | undefined {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text.trim()) ?? [];
  const seconds = rest.startsWith('P') ? isoSeconds(rest) : unitSeconds(rest);
  return seconds === undefined || sign !== '-' ? seconds : -seconds;
}

/**
 * Text of a duration: units in falling order, zero units left out, fractions cut; `0s` when nothing is left or it is
 * negative. `largest` limits the number of units, which ages do with 2.
 */
export function formatDuration(seconds: number, options: { readonly largest?: number } = {}): string {
  let rest = Math.trunc(seconds);
  const parts: string[] = [];
  for (const unit of units) {
    if (unit.written === undefined || rest < unit.seconds) continue;
    parts.push(`${Math.floor(rest / unit.seconds)}${unit.written}`);
    rest %= unit.seconds;
  }
  return parts.slice(0, options.largest).join('') || '0s';
}

const unitOf = new Map<string, number>(
  units.flatMap((unit) => unit.names.map((name) => [name, unit.seconds] as const)),
);
const part = /\s*(?:(?:,|and(?![a-z]))\s*)?(\d+(?:\.\d+)?)\s*([a-zA-Z]+?)(?=and[\s\d]|[^a-zA-Z]|$)/y;

function unitSeconds(text: string): number | undefined {
  if (!/^\d/.test(text)) return undefined;
  let sum = 0;
  part.lastIndex = 0;
  while (part.lastIndex < text.length) {
    const [, amount = '', name = ''] = part.exec(text) ?? [];
    const seconds = unitOf.get(name);
    if (seconds === undefined) return undefined;
    sum += Number(amount) * seconds;
  }
  return sum;
}

const amount = String.raw`(\d+(?:[.,]\d+)?)`;
const isoPeriod = new RegExp(
  `^P(?!$)(?:${amount}Y)?(?:${amount}M)?(?:${amount}W)?(?:${amount}D)?(?:T(?!$)(?:${amount}H)?(?:${amount}M)?(?:${amount}S)?)?$`,
);

function isoSeconds(text: string): number | undefined {
  const amounts = isoPeriod.exec(text)?.slice(1);
  return amounts?.reduce((sum, value: string | undefined, index) => {
    return sum + Number(value?.replace(',', '.') ?? 0) * (units[index]?.seconds ?? 0);
  }, 0);
}
