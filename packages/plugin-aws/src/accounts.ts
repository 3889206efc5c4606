/** Which accounts are collected, and with what; the README has the table. */
import { ConfigError, errorCode, errorText, path } from '@resoto/worker-core/plugin';
import type { AccountJob, PluginContext } from '@resoto/worker-core/plugin';
import type { AwsCredentialIdentityProvider } from '@smithy/types';

import { accountJob } from './account-job.ts';
import type { FoundAccount } from './account-job.ts';
import { nameAccount } from './account-name.ts';
import { readConfig } from './config.ts';
import type { AwsConfig } from './config.ts';
import { assumedRole, baseCredentials } from './credentials.ts';
import { checkEndpoints } from './endpoint.ts';
import { identify, isLoginProblem } from './identity.ts';
import type { Identity } from './identity.ts';
import { globalRegion } from './partitions.ts';
import { credentialProfiles } from './profiles.ts';
import { organizations } from './services/organizations/client.ts';
import { listOf, textOf } from './values.ts';
import { withSession } from './session.ts';
import type { Session } from './session.ts';

/**
 * Yields the accounts of a run. A profile that cannot be used is reported and left out.
 *
 * @throws ConfigError when settings contradict each other, the error of the login when nothing could be found at all
 */
export async function* findAccounts(context: PluginContext): AsyncGenerator<AccountJob> {
  const config = readConfig(context.config);
  checkSettings(config);
  checkEndpoints();
  const profiles = await profilesOf(config);
  const problems: unknown[] = [];
  const seen = new Set<string>();
  for (const profile of profiles) {
    try {
      yield* new AccountFinder(config, context, profile).jobs(seen);
    } catch (error) {
      if (!isLoginProblem(error)) throw error;
      problems.push(error);
      if (profiles.length > 1) context.report('error', `AWS profile "${profile}" cannot be used: ${errorText(error)}`);
    }
  }
  if (seen.size === 0 && problems.length > 0) throw problems[0];
}

function checkSettings(config: AwsConfig): void {
  if (config.assumeCurrent && !config.leaveOutCurrent) {
    throw new ConfigError('aws.assume_current without aws.do_not_scrape_current would collect an account twice', {
      hint: 'Set aws.do_not_scrape_current to true as well.',
    });
  }
  if (config.profiles.length > 1 && config.accounts.length > 0) {
    throw new ConfigError('aws.account cannot be combined with more than one profile in aws.profiles', {
      hint: 'Name one profile, or leave aws.account empty.',
    });
  }
}

/** Undefined stands for the credentials of the configuration or the environment. */
async function profilesOf(config: AwsConfig): Promise<readonly (string | undefined)[]> {
  if (config.profiles.length > 0) return config.profiles;
  if (config.accounts.length > 0 || config.accessKey !== undefined) return [undefined];
  const profiles = await credentialProfiles();
  return profiles.length > 0 ? profiles : [undefined];
}

/** Finds the accounts one profile leads to. */
class AccountFinder {
  readonly #config: AwsConfig;
  readonly #context: PluginContext;
  readonly #profile: string | undefined;
  readonly #credentials: AwsCredentialIdentityProvider;

  constructor(config: AwsConfig, context: PluginContext, profile: string | undefined) {
    this.#config = config;
    this.#context = context;
    this.#profile = profile;
    this.#credentials = baseCredentials(config, profile);
  }

  /** @param seen  accounts that were found before, by another profile */
  async *jobs(seen: Set<string>): AsyncGenerator<AccountJob> {
    const accounts = (await this.#accounts()).filter(({ account }) => !seen.has(account));
    for (const { account } of accounts) seen.add(account);
    const size = this.#config.accountPoolSize;
    for (let next = 0; next < accounts.length; next += size) {
      yield* await Promise.all(accounts.slice(next, next + size).map((account) => this.#named(account)));
    }
  }

  async #named(account: FoundAccount): Promise<AccountJob> {
    const name = await nameAccount(account, {
      config: this.#config,
      base: this.#credentials,
      signal: this.#context.signal,
    });
    return accountJob(account, name);
  }

  #accounts(): Promise<FoundAccount[]> {
    return this.#with(this.#credentials, async (session) => {
      const current = await identify(session);
      const { role, scrapeOrg, accounts } = this.#config;
      const profile = this.#profile;
      if (role === undefined || (!scrapeOrg && accounts.length === 0))
        return [{ ...current, profile, role: undefined }];
      const withRole = (account: string) => ({ ...current, account, profile, role });
      if (!scrapeOrg) return accounts.map(withRole);
      const members = (await this.#members(session, current)).map(withRole);
      return this.#config.leaveOutCurrent ? members : [...members, { ...current, profile, role: undefined }];
    });
  }

  /** Accounts of the organization that are to be collected with the role. */
  async #members(session: Session, current: Identity): Promise<string[]> {
    const { scrapeOrgRoleArn, assumeCurrent, excludedAccounts } = this.#config;
    const region = globalRegion(current.partition);
    try {
      const ids =
        scrapeOrgRoleArn === undefined
          ? await listMembers(session, region)
          : await this.#with(
              assumedRole(this.#credentials, scrapeOrgRoleArn, `${current.account}-organization`, region),
              (assumed) => listMembers(assumed, region),
            );
      return ids.filter((id) => !excludedAccounts.includes(id) && (assumeCurrent || id !== current.account));
    } catch (error) {
      if (errorCode(error) !== 'missing_permission') throw error;
      this.#context.report('error', `Cannot list the accounts of the organization: ${errorText(error)}`);
      return [];
    }
  }

  #with<Result>(
    credentials: AwsCredentialIdentityProvider,
    work: (session: Session) => Promise<Result>,
  ): Promise<Result> {
    const account = this.#profile === undefined ? 'current account' : `profile ${this.#profile}`;
    return withSession({ account, credentials, config: this.#config, signal: this.#context.signal }, work);
  }
}

const listAccounts = organizations('ListAccounts');
const accountIds = path('Accounts[].Id');

async function listMembers(session: Session, region: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of session.in(region).pages(listAccounts)) {
    ids.push(...listOf(accountIds(page)).map(textOf));
  }
  return ids;
}
