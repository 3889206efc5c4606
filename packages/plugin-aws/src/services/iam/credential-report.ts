/** The credential report of an account: a table with a line per user, made on request. */
import { asDateTime, member, path, pause, TimedOutError } from '@resoto/worker-core/plugin';
import type { Reader } from '@resoto/worker-core/plugin';

import type { ReadClient } from '../../call.ts';
import { reportCalls } from './calls.ts';

/** Columns of a line by their names. */
export type ReportLine = Readonly<Record<string, string>>;

/** Lines by the name of the user. */
export type CredentialReport = ReadonlyMap<string, ReportLine>;

export const rootAccount = '<root_account>';

const patience = 300;

/**
 * Has the report made and reads it. Undefined when there is none.
 *
 * @throws TimedOutError when it is not ready after five minutes
 */
export async function readCredentialReport(
  client: ReadClient,
  signal: AbortSignal,
): Promise<CredentialReport | undefined> {
  const state = path('State');
  for (let second = 0; state(await client.read(reportCalls.generate)) !== 'COMPLETE'; second += 1) {
    if (second >= patience) throw new TimedOutError('The IAM credential report was not ready after five minutes');
    await pause(1_000, signal);
  }
  const content = member(await client.read(reportCalls.get), 'Content');
  return content instanceof Uint8Array ? parseReport(Buffer.from(content).toString()) : undefined;
}

export function parseReport(csv: string): CredentialReport {
  const [columns = [], ...lines] = csv
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map(fieldsOf);
  return new Map(
    lines.map((fields) => [
      fields[0] ?? '',
      Object.fromEntries(columns.map((name, index) => [name, fields[index] ?? ''])),
    ]),
  );
}

/** When, from where and for what a key was used. */
export interface KeyUse {
  readonly lastUsed: unknown;
  readonly lastRotated: unknown;
  readonly service: string | undefined;
  readonly region: string | undefined;
}

/** What a line tells of one of the two keys a user can have. Undefined when it tells nothing. */
export function keyUse(line: ReportLine, key: 1 | 2): KeyUse | undefined {
  const column = (name: string) => said(line[`access_key_${key}_${name}`]);
  const use = {
    lastUsed: asDateTime(column('last_used_date')),
    lastRotated: asDateTime(column('last_rotated')),
    service: column('last_used_service'),
    region: column('last_used_region'),
  };
  return Object.values(use).every((value) => value === undefined) ? undefined : use;
}

/** Reads a time from the `report` of an answer. */
export function reportTime(column: string): Reader {
  return path(`report.${column}`, (text) => asDateTime(said(text)));
}

/** Reads whether a column says yes. */
export function isTrue(column: string): Reader {
  return (line) => member(line, column) === 'true';
}

function said(text: unknown): string | undefined {
  return typeof text !== 'string' || text === '' || text === 'N/A' || text === 'not_supported' ? undefined : text;
}

/** Fields of a line; those in quotes may hold commas, and quotes twice. */
function fieldsOf(line: string): string[] {
  const fields = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return Array.from(fields, ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain);
}
