/** Credentials: from the configuration, a profile or the environment, and those of a role that is assumed with them. */
import { randomUUID } from 'node:crypto';

import { fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';

import type { FoundAccount } from './account-job.ts';
import type { AwsConfig } from './config.ts';
import { globalRegion } from './partitions.ts';
import { regionOfProfile } from './profiles.ts';
import { agents } from './wire/agents.ts';

/**
 * The credentials a run starts from.
 *
 * @param profile  absent: the key of the configuration, else what the environment offers
 */
export function baseCredentials(config: AwsConfig, profile?: string): AwsCredentialIdentityProvider {
  if (profile === undefined && config.accessKey !== undefined) {
    const { id, secret } = config.accessKey;
    return async () => ({ accessKeyId: id, secretAccessKey: secret });
  }
  const named = profile ?? process.env['AWS_PROFILE'];
  return kept(async () => {
    const region = named === undefined ? undefined : await regionOfProfile(named);
    return fromNodeProviderChain({
      ...(profile !== undefined && { profile }),
      // Where roles of the profile are assumed. Without a region, the vendor's client writes a warning to the terminal.
      clientConfig: { region: region ?? process.env['AWS_REGION'] ?? globalRegion('aws'), requestHandler: agents({}) },
      ignoreCache: true,
      // Enough for the metadata service of a machine, and not too long where there is none.
      timeout: 1_000,
      maxRetries: 0,
    })();
  });
}

/**
 * The credentials an account is collected with.
 *
 * @param base  credentials of the profile of the account
 */
export function accountCredentials(
  found: FoundAccount,
  config: AwsConfig,
  base = baseCredentials(config, found.profile),
): AwsCredentialIdentityProvider {
  const { account, partition } = found;
  const role = config.roleOverride && found.role !== undefined ? (config.role ?? found.role) : found.role;
  if (role === undefined) return base;
  const arn = `arn:${partition}:iam::${account}:role/${role}`;
  return assumedRole(base, arn, `${account}-${randomUUID()}`, globalRegion(partition));
}

/** Credentials of a role, renewed before they expire. */
export function assumedRole(
  base: AwsCredentialIdentityProvider,
  arn: string,
  sessionName: string,
  region: string,
): AwsCredentialIdentityProvider {
  return kept(
    fromTemporaryCredentials({
      masterCredentials: base,
      params: { RoleArn: arn, RoleSessionName: sessionName, DurationSeconds: 3600 },
      clientConfig: { region, requestHandler: agents({}) },
    }),
  );
}

const renewalMargin = 5 * 60_000;

/** Asks a provider once for all who need credentials at the same time, and again only shortly before they expire. */
export function kept(
  provider: AwsCredentialIdentityProvider,
  now: () => number = Date.now,
): AwsCredentialIdentityProvider {
  let known: Promise<AwsCredentialIdentity> | undefined;
  let until = 0;
  const ask = async () => {
    const credentials = await provider();
    until = credentials.expiration === undefined ? Infinity : credentials.expiration.getTime() - renewalMargin;
    return credentials;
  };
  return () => {
    if (known === undefined || now() >= until) {
      until = Infinity;
      known = ask();
      known.catch(() => (known = undefined));
    }
    return known;
  };
}
