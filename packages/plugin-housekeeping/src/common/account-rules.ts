/** Settings with a rule for each account: a duration, or the default. */
import { ConfigError, formatDuration, parseDuration, quoted } from '@resoto/worker-core/plugin';

export interface AccountRule {
  readonly cloud: string;
  readonly account: string;
  readonly seconds: number;
  /** The duration as people write it: a core gives back `12h` as `43200s`. */
  readonly text: string;
}

/**
 * The rules of all accounts.
 *
 * @param path  of the setting, for errors
 * @param accounts  cloud → account → settings
 * @param durationOf  the duration of an account; null where the default holds
 * @throws ConfigError when there is none, or one has no name
 */
export function accountRules<Settings extends { readonly name: string }>(
  path: string,
  accounts: Readonly<Record<string, Readonly<Record<string, Settings>>>>,
  durationOf: (settings: Settings) => string | null,
  otherwise: string,
): readonly AccountRule[] {
  const rules = Object.entries(accounts).flatMap(([cloud, ofCloud]) =>
    Object.entries(ofCloud).map(([account, settings]) => {
      if (settings.name === '') throw wrongSetting(`${path}.${cloud}.${account}`, 'has no name');
      const text = durationOf(settings) ?? otherwise;
      const seconds = parseDuration(text);
      if (seconds === undefined)
        throw wrongSetting(`${path}.${cloud}.${account}`, `has "${text}", which is no duration`);
      return { cloud, account, seconds, text: formatDuration(seconds) };
    }),
  );
  if (rules.length === 0) throw wrongSetting(path, 'names no account');
  return rules;
}

/** Throws ConfigError when a list has no entry. */
export function requireEntries(path: string, list: readonly string[]): void {
  if (list.length === 0) throw wrongSetting(path, 'is empty');
}

/** A term of a query for what is in an account. */
export function inAccount({ cloud, account }: Pick<AccountRule, 'cloud' | 'account'>): string {
  return `/ancestors.cloud.reported.id == ${quoted(cloud)} and /ancestors.account.reported.id == ${quoted(account)}`;
}

function wrongSetting(path: string, problem: string): ConfigError {
  return new ConfigError(`The setting ${path} ${problem}, so nothing was done`, {
    hint: 'Correct it in the configuration of the worker.',
    facts: { path },
  });
}
