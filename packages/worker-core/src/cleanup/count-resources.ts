import type { CoreClient } from '../core-client/core-client.ts';
import { quoted, quotedList } from '../protocol/query-text.ts';
import { accountKey } from './brakes.ts';
import type { PlannedNode } from './plan.ts';

/** Accounts one question is about. */
const accountsAtOnce = 100;

export interface CountOptions {
  readonly core: Pick<CoreClient, 'execute'>;
  readonly graph: string;
  readonly signal: AbortSignal;
}

/**
 * How many nodes the core has below accounts: it counts, and sends the numbers only.
 *
 * @returns numbers by {@link accountKey}
 * @throws CoreError and ConnectionClosedError
 */
export async function countResources(
  accounts: readonly PlannedNode['account'][],
  options: CountOptions,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const [cloud, inCloud] of Map.groupBy(accounts, (account) => account.cloud)) {
    for (let from = 0; from < inCloud.length; from += accountsAtOnce) {
      const asked = inCloud.slice(from, from + accountsAtOnce).map(({ id }) => id);
      for (const [id, count] of await countsOf(cloud, asked, options)) counts.set(accountKey({ cloud, id }), count);
    }
  }
  return counts;
}

async function countsOf(
  cloud: string,
  ids: readonly string[],
  { core, graph, signal }: CountOptions,
): Promise<ReadonlyMap<string, number>> {
  const account = '/ancestors.account.reported.id';
  const query = `/ancestors.cloud.reported.id == ${quoted(cloud)} and ${account} in ${quotedList(ids)}`;
  const asked = new Set(ids);
  const counts = new Map<string, number>();
  for await (const line of core.execute(`search ${query} | count ${account}`, { graph, section: 'reported', signal })) {
    const [, id = '', count = ''] = typeof line === 'string' ? (/^(.*): (\d+)$/.exec(line) ?? []) : [];
    // Sums come last, and look like an account of that name.
    if (asked.has(id) && !counts.has(id)) counts.set(id, Number(count));
  }
  return counts;
}
