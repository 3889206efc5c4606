import { asDateTime, member, path } from '@resoto/worker-core/plugin';

import type { ReadClient } from '../../call.ts';
import { listOf, membersOf } from '../../values.ts';
import { calls } from './calls.ts';
import { keyUse } from './credential-report.ts';
import type { KeyUse, ReportLine } from './credential-report.ts';

const keysOfPage = path('AccessKeyMetadata');

/** The access keys of a user, each with its `use` as far as the report tells it. */
export async function readAccessKeys(
  client: ReadClient,
  user: unknown,
  line: ReportLine | undefined,
): Promise<object[]> {
  const keys: object[] = [];
  for await (const page of client.pages(calls.accessKeys, { UserName: member(user, 'UserName') })) {
    keys.push(...listOf(keysOfPage(page)).map(membersOf));
  }
  if (line === undefined) return keys;
  const uses = usesOf(keys, [keyUse(line, 1), keyUse(line, 2)]);
  return keys.map((key, index) => ({ ...key, use: uses[index] }));
}

/** The access keys of the owner of the account, in the same form. The report knows neither their ids nor their age. */
export function rootKeys(line: ReportLine): object[] {
  return ([1, 2] as const).flatMap((number) => {
    const active = line[`access_key_${number}_active`] === 'true';
    const use = keyUse(line, number);
    if (!active && use === undefined) return [];
    const name = `root_key_${number}`;
    return [{ AccessKeyId: name, UserName: name, Status: active ? 'Active' : 'Inactive', use, atime: use?.lastUsed }];
  });
}

/**
 * Uses in the order of the keys. The report does not name its keys. It tells when each was rotated last, which is when the
 * key was created; what this does not tell is taken in order.
 */
function usesOf(keys: readonly object[], reported: readonly (KeyUse | undefined)[]): (KeyUse | undefined)[] {
  const rest = [...reported];
  const byTime = keys.map((key) => {
    const created = asDateTime(member(key, 'CreateDate'));
    const index = rest.findIndex((use) => use !== undefined && use.lastRotated === created);
    return index < 0 ? undefined : rest.splice(index, 1)[0];
  });
  return byTime.map((use) => use ?? rest.shift());
}
