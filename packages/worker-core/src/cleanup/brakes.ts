/** Limits that stop a cleanup before its first deletion. */
import { ConfigError, WorkerError } from '../errors.ts';
import type { WorkerSettings } from '../config/worker-section.ts';
import { ownerLabel } from './marked-node.ts';
import type { CleanupPlan, PlannedNode } from './plan.ts';

export type BrakeSettings = Pick<
  WorkerSettings,
  'cleanup_max_resources' | 'cleanup_max_per_account' | 'cleanup_max_share'
>;

type Account = PlannedNode['account'];

/** Tells how many resources each of some accounts has. Of an account it does not name nothing is known. */
export type CountResources = (accounts: readonly Account[]) => Promise<ReadonlyMap<string, number>>;

/** An account, among those of all clouds. */
export function accountKey({ cloud, id }: Account): string {
  return `${cloud}\n${id}`;
}

/**
 * Checks a plan against the limits.
 *
 * @throws WorkerError `cleanup_brake` that names the limit; ConfigError when a limit makes no sense
 */
export async function applyBrakes(plan: CleanupPlan, settings: BrakeSettings, count: CountResources): Promise<void> {
  const { cleanup_max_resources: maxResources, cleanup_max_per_account: maxPerAccount } = settings;
  const { cleanup_max_share: maxShare } = settings;
  checkLimit('cleanup_max_resources', maxResources, Infinity);
  checkLimit('cleanup_max_per_account', maxPerAccount, Infinity);
  checkLimit('cleanup_max_share', maxShare, 1);
  const planned = plan.nodes.filter(({ verdict }) => verdict === undefined);
  if (maxResources !== null && planned.length > maxResources) {
    throw brake('cleanup_max_resources', `${planned.length} resources would be deleted, allowed are ${maxResources}`);
  }
  const accounts = byAccount(planned);
  for (const nodes of accounts.values()) {
    if (maxPerAccount === null || nodes.length <= maxPerAccount) continue;
    const told = `${nodes.length} resources of ${nameOf(nodes)} would be deleted, allowed are ${maxPerAccount}`;
    throw brake('cleanup_max_per_account', told);
  }
  if (maxShare === null || accounts.size === 0) return;
  const counts = await count([...accounts.values()].map(([{ account }]) => account));
  for (const [key, nodes] of accounts) {
    const all = counts.get(key) ?? 0;
    if (nodes.length <= maxShare * all) continue;
    const told = `${nodes.length} of ${all} resources of ${nameOf(nodes)} would be deleted, allowed is a share of ${maxShare}`;
    throw brake('cleanup_max_share', told);
  }
}

function checkLimit(name: string, value: number | null, highest: number): void {
  if (value === null || (value >= 0 && value <= highest)) return;
  throw new ConfigError(`The setting ${name} is ${value}, which is no limit: nothing is deleted`, {
    hint: highest === 1 ? 'Give a number from 0 to 1, or null.' : 'Give a number that is not negative, or null.',
  });
}

type Planned = readonly [PlannedNode, ...PlannedNode[]];

function byAccount(planned: readonly PlannedNode[]): ReadonlyMap<string, Planned> {
  const accounts = new Map<string, [PlannedNode, ...PlannedNode[]]>();
  for (const node of planned) {
    const key = accountKey(node.account);
    const known = accounts.get(key);
    if (known === undefined) accounts.set(key, [node]);
    else known.push(node);
  }
  return accounts;
}

function nameOf([{ account, node }]: Planned): string {
  return `${account.cloud} ${ownerLabel(node, 'account')}`;
}

function brake(setting: string, told: string): WorkerError {
  return new WorkerError(
    'cleanup_brake',
    `The brake ${setting} stopped the cleanup before the first deletion: ${told}`,
    {
      hint: `Look at the plan with the command plan. If it is right, raise ${setting}.`,
      facts: { setting },
    },
  );
}
