import { path } from '@resoto/worker-core/plugin';
import type { AwsCredentialIdentityProvider } from '@smithy/types';

import type { FoundAccount } from './account-job.ts';
import type { AwsConfig } from './config.ts';
import { accountCredentials, assumedRole } from './credentials.ts';
import { globalRegion } from './partitions.ts';
import { iam } from './services/iam/client.ts';
import { organizations } from './services/organizations/client.ts';
import type { Call } from './service.ts';
import { withSession } from './session.ts';

export interface NameOptions {
  readonly config: AwsConfig;
  /** Credentials of the profile of the account, without its role. */
  readonly base: AwsCredentialIdentityProvider;
  readonly signal: AbortSignal;
}

const listAccountAliases = iam('ListAccountAliases');
const describeAccount = organizations('DescribeAccount');
const firstAlias = path('AccountAliases[0]');
const nameInOrganization = path('Account.Name');

/** What people call an account: its alias, its name in the organization or its profile, as configured; else its id. */
export async function nameAccount(found: FoundAccount, options: NameOptions): Promise<string> {
  const { account, profile } = found;
  const { config, base } = options;
  if (config.preferProfile && profile !== undefined) return profile;
  const alias = async () => {
    const credentials = accountCredentials(found, config, base);
    return firstAlias(await ask(found, options, credentials, listAccountAliases, {}));
  };
  const name = async () => {
    const credentials = organizationCredentials(found, options);
    return nameInOrganization(await ask(found, options, credentials, describeAccount, { AccountId: account }));
  };
  const [first, second] = config.preferAlias ? [alias, name] : [name, alias];
  return text(await first()) ?? text(await second()) ?? account;
}

// Few accounts may describe the members of their organization, so this is asked from where the organization is listed.
function organizationCredentials(
  { account, partition }: FoundAccount,
  { config, base }: NameOptions,
): AwsCredentialIdentityProvider {
  const arn = config.scrapeOrgRoleArn;
  return arn === undefined ? base : assumedRole(base, arn, `${account}-name`, globalRegion(partition));
}

async function ask(
  { account, partition }: FoundAccount,
  { config, signal }: NameOptions,
  credentials: AwsCredentialIdentityProvider,
  call: Call,
  input: object,
): Promise<object | undefined> {
  try {
    return await withSession({ account, credentials, config, signal }, (session) =>
      session.in(globalRegion(partition)).read(call, input),
    );
  } catch {
    // A name is for people; an account is as well collected without one.
    return undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
