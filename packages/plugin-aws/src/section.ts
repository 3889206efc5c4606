import { availableParallelism } from 'node:os';

import type { SectionDeclaration } from '@resoto/worker-core/plugin';

const list = { list: 'string' } as const;

/** Section `aws` of the configuration (worker behaviour, appendix A). */
export const section = {
  name: 'aws',
  description: 'AWS collector',
  fields: {
    access_key_id: {
      type: 'string',
      nullable: true,
      default: null,
      description:
        'Access key to collect with. Leave it empty to use what the environment offers, which is recommended.',
    },
    secret_access_key: {
      type: 'string',
      nullable: true,
      default: null,
      secret: true,
      description: 'Secret of the access key.',
    },
    role: {
      type: 'string',
      nullable: true,
      default: null,
      description: 'Name of the role to assume in the accounts to collect.',
    },
    role_override: {
      type: 'boolean',
      default: false,
      description: 'Use `role` instead of the role that was stored with an account.',
    },
    profiles: {
      type: list,
      nullable: true,
      default: null,
      description: 'Profiles to collect. Empty: all profiles of the credentials file, or what the environment offers.',
    },
    account: {
      type: list,
      nullable: true,
      default: null,
      description: 'Ids of the accounts to collect with `role`. Empty, with `scrape_org`: all of the organization.',
    },
    region: {
      type: list,
      nullable: true,
      default: null,
      description: 'Regions to collect. Empty: all that are enabled in the account.',
    },
    scrape_org: {
      type: 'boolean',
      default: false,
      description: 'Collect all accounts of the organization.',
    },
    scrape_org_role_arn: {
      type: 'string',
      nullable: true,
      default: null,
      description: 'ARN of a role that may list the accounts of the organization. Empty: the current credentials may.',
    },
    prefer_account_alias_as_name: {
      type: 'boolean',
      default: true,
      description: 'Name accounts by their alias before their name in the organization; false: the other way round.',
    },
    prefer_profile_as_account_name: {
      type: 'boolean',
      default: false,
      description: 'Name accounts by the profile they are collected with.',
    },
    fork_process: {
      type: 'boolean',
      default: true,
      description: 'Kept for documents of earlier versions: accounts are always collected apart from each other.',
    },
    scrape_exclude_account: {
      type: list,
      default: [],
      description: 'Ids of the accounts of the organization to leave out.',
    },
    assume_current: {
      type: 'boolean',
      default: false,
      description: 'Assume `role` in the current account too. Needs `do_not_scrape_current`.',
    },
    do_not_scrape_current: {
      type: 'boolean',
      default: false,
      description: 'Leave out the account the credentials belong to.',
    },
    account_pool_size: {
      type: 'int64',
      min: 1,
      default: Math.max(2, availableParallelism()),
      defaultInWords: 'one per CPU core, at least 2',
      description: 'Number of accounts collected at the same time.',
    },
    resource_pool_size: {
      type: 'int64',
      min: 1,
      default: 64,
      description: 'Number of calls at the same time in one account.',
    },
    resource_pool_tasks_per_service_default: {
      type: 'int64',
      min: 1,
      default: 20,
      description: 'Number of calls at the same time to one service in one region.',
    },
    resource_pool_tasks_per_service: {
      type: { map: 'int64' },
      nullable: true,
      default: { sagemaker: 6, elb: 6 },
      description: 'Services that take fewer calls at the same time than the default.',
    },
    collect: {
      type: list,
      default: [],
      description: 'Kinds to collect, for example `aws_ec2_*`. Empty: all.',
    },
    no_collect: {
      type: list,
      default: [],
      description: 'Kinds to leave out. Wins over `collect`.',
    },
    collect_user_data: {
      type: 'boolean',
      default: true,
      description: 'Read the user data of each EC2 instance, which takes a call per instance.',
    },
    cloudwatch_metrics_for_atime_mtime_period: {
      type: 'duration',
      default: '60d',
      description: 'How far to look back for the last access of a volume.',
    },
    cloudwatch_metrics_for_atime_mtime_granularity: {
      type: 'duration',
      default: '1h',
      description: 'How exactly to look for the last access of a volume.',
    },
    discard_account_on_resource_error: {
      type: 'boolean',
      default: false,
      description: 'Give up an account when one of its kinds cannot be collected.',
    },
    collect_usage_metrics: {
      type: 'boolean',
      nullable: true,
      default: true,
      description: 'Read usage metrics from CloudWatch.',
    },
  },
} as const satisfies SectionDeclaration;
