/** Limits that stop a cleanup before its first deletion. */
import { ConfigError, WorkerError } from '../errors.ts';
import type { WorkerSettings } from '../config/worker-section.ts';
import { ownerLabel } from './marked-node.ts';
import type { CleanupPlan, PlannedNode } from './plan.ts';

export type BrakeSettings = Pick<
  WorkerSettings,
  'cleanup_max_resources' | 'cleanup_max_per_account' | 'cleanup_max_share'
>;

/** Tells how many resources an account has. */
export type CountResources = (account: PlannedNode['account']) => Promise<number>;

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
  for (const [first, ...others] of byAccount(planned)) {
    const number = others.length + 1;
    const name = `${first.account.cloud} ${ownerLabel(first.node, 'account')}`;
    if (maxPerAccount !== null && number > maxPerAccount) {
      throw brake(
        'cleanup_max_per_account',
        `${number} resources of ${name} would be deleted, allowed are ${maxPerAccount}`,
      );
    }
    if (maxShare === null) continue;
    const all = await count(first.account);
    if (number > maxShare * all) {
      const told = `${number} of ${all} resources of ${name} would be deleted, allowed is a share of ${maxShare}`;
      throw brake('cleanup_max_share', told);
    }
  }
}

function checkLimit(name: string, value: number | null, highest: number): void {
  if (value === null || (value >= 0 && value <= highest)) return;
  throw new ConfigError(`The setting ${name} is ${value}, which is no limit: nothing is deleted`, {
    hint: highest === 1 ? 'Give a number from 0 to 1, or null.' : 'Give a number that is not negative, or null.',
  });
}

function byAccount(planned: readonly PlannedNode[]): Iterable<readonly [PlannedNode, ...PlannedNode[]]> {
  const accounts = new Map<string, [PlannedNode, ...PlannedNode[]]>();
  for (const node of planned) {
    const key = `${node.account.cloud}\n${node.account.id}`;
    const known = accounts.get(key);
    if (known === undefined) accounts.set(key, [node]);
    else known.push(node);
  }
  return accounts.values();
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
