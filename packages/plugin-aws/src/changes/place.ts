/** Where a stored resource is, and how its account is reached: as the collect has found it. */
import { ProviderError } from '@resoto/worker-core/plugin';
import type { StoredResource } from '@resoto/worker-core/plugin';

import { foundAccount } from '../account-job.ts';
import type { FoundAccount } from '../account-job.ts';
import { globalRegion } from '../partitions.ts';
import { textOf } from '../values.ts';

/** @throws ProviderError `no_account` */
export function accountOf({ kind, reported, owners }: StoredResource): FoundAccount {
  const id = owners.account?.['id'];
  if (typeof id === 'string' && id !== '') {
    return foundAccount({ id, name: id, data: owners.account ?? {} });
  }
  throw new ProviderError(`Nobody knows the account of ${kind.fqn} ${textOf(reported['id'])}`, {
    code: 'no_account',
    hint: 'Collect the account again.',
  });
}

/** Name of its region for the vendor. What belongs to the account as a whole is in the global region of the partition. */
export function regionOf({ owners }: StoredResource): string {
  const id = owners.region?.['id'];
  if (typeof id === 'string' && id !== '' && id !== 'global') return id;
  return globalRegion(textOf(owners.account?.['partition']));
}
