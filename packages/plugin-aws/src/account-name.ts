import { path } from '@resoto/worker-core/plugin';

import { globalRegion } from './partitions.ts';
import { iam } from './services/iam/client.ts';
import { organizations } from './services/organizations/client.ts';
import type { Session } from './session.ts';

const listAccountAliases = iam('ListAccountAliases');
const describeAccount = organizations('DescribeAccount');
const firstAlias = path('AccountAliases[0]');
const nameInOrganization = path('Account.Name');

/** Alias of the account a session belongs to. Undefined when it has none, or may not be asked. */
export function accountAlias(session: Session, partition: string): Promise<string | undefined> {
  return nameIn(session.in(globalRegion(partition)).read(listAccountAliases), firstAlias);
}

/** Name of an account in its organization. Undefined when it is in none, or may not be asked. */
export function organizationName(session: Session, partition: string, account: string): Promise<string | undefined> {
  const client = session.in(globalRegion(partition));
  return nameIn(client.read(describeAccount, { AccountId: account }), nameInOrganization);
}

// A name is for people; an account is as well collected without one.
async function nameIn(
  answer: Promise<object | undefined>,
  read: (answer: unknown) => unknown,
): Promise<string | undefined> {
  try {
    const name = read(await answer);
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    return undefined;
  }
}
