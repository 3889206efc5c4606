import { parseDuration, sectionValues } from '@resoto/worker-core/plugin';
import type { JsonObject } from '@resoto/worker-core/plugin';

import { section } from './section.ts';

/** The settings of section `aws`, under the names the code uses. */
export interface AwsConfig {
  readonly accessKey: { readonly id: string; readonly secret: string } | undefined;
  readonly role: string | undefined;
  readonly roleOverride: boolean;
  readonly profiles: readonly string[];
  readonly accounts: readonly string[];
  readonly regions: readonly string[];
  readonly scrapeOrg: boolean;
  readonly scrapeOrgRoleArn: string | undefined;
  readonly preferAlias: boolean;
  readonly preferProfile: boolean;
  readonly excludedAccounts: readonly string[];
  readonly assumeCurrent: boolean;
  readonly leaveOutCurrent: boolean;
  readonly accountPoolSize: number;
  readonly resourcePoolSize: number;
  readonly tasksPerService: (service: string) => number;
  /** Is a kind to be collected? */
  readonly wants: (kind: string) => boolean;
  readonly collectUserData: boolean;
  readonly collectUsageMetrics: boolean;
  /** Seconds. */
  readonly accessPeriod: number;
  /** Seconds. */
  readonly accessGranularity: number;
  readonly discardAccountOnError: boolean;
}

/** @param effective  the effective section. Empty texts count as not set */
export function readConfig(effective: JsonObject): AwsConfig {
  const values = sectionValues(section, effective);
  const [id, secret] = [text(values.access_key_id), text(values.secret_access_key)];
  return {
    accessKey: id === undefined || secret === undefined ? undefined : { id, secret },
    role: text(values.role),
    roleOverride: values.role_override,
    profiles: texts(values.profiles),
    accounts: texts(values.account),
    regions: texts(values.region),
    scrapeOrg: values.scrape_org,
    scrapeOrgRoleArn: text(values.scrape_org_role_arn),
    preferAlias: values.prefer_account_alias_as_name,
    preferProfile: values.prefer_profile_as_account_name,
    excludedAccounts: texts(values.scrape_exclude_account),
    assumeCurrent: values.assume_current,
    leaveOutCurrent: values.do_not_scrape_current,
    accountPoolSize: values.account_pool_size,
    resourcePoolSize: values.resource_pool_size,
    tasksPerService: tasksPerService(
      values.resource_pool_tasks_per_service_default,
      values.resource_pool_tasks_per_service ?? {},
    ),
    wants: wanted(texts(values.collect), texts(values.no_collect)),
    collectUserData: values.collect_user_data,
    collectUsageMetrics: values.collect_usage_metrics === true,
    accessPeriod: parseDuration(values.cloudwatch_metrics_for_atime_mtime_period) ?? 0,
    accessGranularity: parseDuration(values.cloudwatch_metrics_for_atime_mtime_granularity) ?? 0,
    discardAccountOnError: values.discard_account_on_resource_error,
  };
}

function text(value: string | null): string | undefined {
  return value === null || value.trim() === '' ? undefined : value.trim();
}

function texts(values: readonly string[] | null): string[] {
  return (values ?? []).map((value) => value.trim()).filter((value) => value !== '');
}

function tasksPerService(limit: number, exceptions: Readonly<Record<string, number>>): (service: string) => number {
  return (service) => Math.max(1, Math.min(limit, exceptions[service] ?? limit));
}

function wanted(collect: readonly string[], noCollect: readonly string[]): (kind: string) => boolean {
  const included = collect.map(globPattern);
  const excluded = noCollect.map(globPattern);
  return (kind) =>
    !excluded.some((pattern) => pattern.test(kind)) &&
    (included.length === 0 || included.some((pattern) => pattern.test(kind)));
}

/** `*` is any text, `?` one character, everything else itself. */
function globPattern(glob: string): RegExp {
  const escaped = glob.replace(/[\\^$.+()[\]{}|/-]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}
