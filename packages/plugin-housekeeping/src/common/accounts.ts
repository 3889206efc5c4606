import type { NodeRow } from '@resoto/worker-core/plugin';

import { ownerId } from './node.ts';

/** Cloud id → account ids. Empty or null: everywhere. */
export type AccountList = Readonly<Record<string, readonly string[]>> | null;

/** Whether a resource is in one of the accounts. */
export function isListed(accounts: AccountList, node: NodeRow): boolean {
  if (accounts === null || Object.keys(accounts).length === 0) return true;
  return accounts[ownerId(node, 'cloud') ?? '']?.includes(ownerId(node, 'account') ?? '') === true;
}
