/** Points in time on the wire: `YYYY-MM-DDTHH:MM:SSZ`, UTC, fractions cut (protocol 7.12). */

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?\s*(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/;
const final = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Text of a point in time. Undefined for an invalid date and for years that four digits cannot hold. */
export function formatTimestamp(time: Date): string | undefined {
  const year = time.getUTCFullYear();
  return year >= 0 && year <= 9999 ? `${time.toISOString().slice(0, 19)}Z` : undefined;
}

/** Reads an ISO 8601 text; without zone it is taken as UTC. Undefined when it is none, or names a day that does not exist. */
export function parseTimestamp(text: string): Date | undefined {
  const match = iso.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part: string | undefined) => Number(part ?? 0));
  if (year === undefined || month === undefined || day === undefined) return undefined;
  if (hour === undefined || minute === undefined || second === undefined) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const milliseconds = Math.trunc(Number(`0.${match[7] ?? 0}`) * 1000);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute, second, milliseconds);
  return new Date(date.getTime() - zoneMinutes(match[8]) * 60_000);
}

/** The wire text of a date or of an ISO 8601 text. Undefined when it cannot be understood. */
export function timestampText(value: string | Date): string | undefined {
  if (typeof value !== 'string') return formatTimestamp(value);
  const date = parseTimestamp(value);
  if (date === undefined) return undefined;
  return final.test(value) ? value : formatTimestamp(date);
}

/** `YYYY-MM-DD` of a date (in UTC) or of an ISO 8601 text. Undefined when it cannot be understood. */
export function dateText(value: string | Date): string | undefined {
  return timestampText(value)?.slice(0, 10);
}

function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0;
  const digits = zone.replace(':', '').slice(1);
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0);
  return zone.startsWith('-') ? -minutes : minutes;
}
