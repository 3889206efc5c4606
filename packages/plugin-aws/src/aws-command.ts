/** The command `aws` at the core: the command line of the vendor, with the credentials of the resource it is called for (worker behaviour 9). */
import { ConfigError } from '@resoto/worker-core/plugin';
import type { ResourceCommand, StoredResource } from '@resoto/worker-core/plugin';
import type { AwsCredentialIdentityProvider } from '@smithy/types';

import type { FoundAccount } from './account-job.ts';
import { runAws } from './aws-program.ts';
import { accountOf, regionOf } from './changes/place.ts';
import { readConfig } from './config.ts';
import type { AwsConfig } from './config.ts';
import { accountCredentials, baseCredentials } from './credentials.ts';
import { loginError } from './identity.ts';
import { globalRegion, partitionOf } from './partitions.ts';
import { regionOfProfile } from './profiles.ts';

/**
 * `aws [--account id] [--role name] [--profile name] [--region name] service operation [args]`. Options before the service say whose
 * credentials it gets; without them, and without a resource, it gets those of the settings or of the environment.
 */
export const awsCommand: ResourceCommand = {
  form: 'resource',
  async run(resource, args, { config: section, signal }) {
    const { options, rest } = readOptions(args);
    const config = readConfig(section);
    const provider = credentialsFor(resource, options, config);
    const region = await regionFor(resource, options);
    const credentials = await provider().catch((error: unknown) => {
      throw loginError(error);
    });
    return runAws(rest, { credentials, region, signal });
  },
};

type Options = Readonly<Partial<Record<'account' | 'role' | 'profile' | 'region', string>>>;

/** What comes behind the service belongs to that, as the role of a function that is created. */
function readOptions(args: readonly string[]): { readonly options: Options; readonly rest: readonly string[] } {
  const options: Record<string, string> = {};
  let index = 0;
  for (; index < args.length; index += 1) {
    const [, name, joined] = /^--(account|role|profile|region)(?:=(.*))?$/s.exec(args[index] ?? '') ?? [];
    if (name === undefined) break;
    if (joined === undefined) index += 1;
    const value = joined ?? args[index] ?? '';
    if (value === '') throw new ConfigError(`aws: --${name} needs a value`);
    options[name] = value;
  }
  return { options, rest: args.slice(index) };
}

function credentialsFor(
  resource: StoredResource | undefined,
  options: Options,
  config: AwsConfig,
): AwsCredentialIdentityProvider {
  const found = accountFor(resource, options, config);
  if (found === undefined) return baseCredentials(config, options.profile);
  // A role that was asked for is not replaced by that of the settings.
  return accountCredentials(found, options.role === undefined ? config : { ...config, roleOverride: false });
}

/** @throws ConfigError when it would get the credentials of another account than the one that was asked for */
function accountFor(
  resource: StoredResource | undefined,
  { account, role, profile, region = '' }: Options,
  config: AwsConfig,
): FoundAccount | undefined {
  const own = resource === undefined ? undefined : accountOf(resource);
  const id = account ?? own?.account;
  if (id === undefined) {
    if (role === undefined) return undefined;
    throw new ConfigError('aws: --role needs --account', { hint: 'Say in which account the role is.' });
  }
  const isOther = id !== own?.account;
  const assumed = role ?? own?.role ?? (isOther ? config.role : undefined);
  if (isOther && assumed === undefined) {
    throw new ConfigError(`aws: there is no role for account ${id}`, { hint: 'Name it with --role, or set aws.role.' });
  }
  const partition = own?.partition ?? partitionOf(region);
  return { account: id, partition, profile: profile ?? own?.profile, role: assumed };
}

/** As the vendor's program finds it: the environment goes before the profile. */
async function regionFor(resource: StoredResource | undefined, { region, profile }: Options): Promise<string> {
  if (region !== undefined) return region;
  if (resource !== undefined) return regionOf(resource);
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_PROFILE } = process.env;
  // Who names a profile that is not there is told when it comes to its credentials.
  const ofProfile = await regionOfProfile(profile ?? AWS_PROFILE ?? 'default').catch(() => undefined);
  return AWS_REGION ?? AWS_DEFAULT_REGION ?? ofProfile ?? globalRegion('aws');
}
