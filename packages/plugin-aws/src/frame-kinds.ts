/** What an account is made of: the account itself, its regions, its organization. */
import { base, boolean, constant, datetime, int64, path, string } from '@resoto/worker-core/plugin';
import type { Property } from '@resoto/worker-core/plugin';

import { awsKind, awsResource } from './aws-kind.ts';
import { describeRegions } from './services/ec2/calls.ts';
import { iam } from './services/iam/client.ts';
import { services } from './services/index.ts';
import { organizations } from './services/organizations/client.ts';

/** What is asked for the account, under which name the answer is kept, and which properties come from it. */
export const accountAnswers = [
  {
    as: 'summary',
    call: iam('GetAccountSummary'),
    tells: [
      'users',
      'groups',
      'account_mfa_enabled',
      'account_access_keys_present',
      'account_signing_certificates_present',
      'mfa_devices',
      'mfa_devices_in_use',
      'policies',
      'policy_versions_in_use',
      'global_endpoint_token_version',
      'server_certificates',
    ],
  },
  {
    as: 'passwordPolicy',
    call: iam('GetAccountPasswordPolicy', { expected: ['NoSuchEntity'] }),
    tells: [
      'minimum_password_length',
      'require_symbols',
      'require_numbers',
      'require_uppercase_characters',
      'require_lowercase_characters',
      'allow_users_to_change_password',
      'expire_passwords',
      'max_password_age',
      'password_reuse_prevention',
      'hard_expiry',
    ],
  },
  {
    as: 'organization',
    call: organizations('DescribeOrganization', { expected: ['AWSOrganizationsNotInUseException'] }),
    tells: ['is_organization_member', 'is_organization_master', 'organization_id', 'organization_arn'],
  },
];

export const organizationCalls = {
  roots: organizations('ListRoots'),
  units: organizations('ListOrganizationalUnitsForParent'),
  unit: organizations('DescribeOrganizationalUnit'),
  accounts: organizations('ListAccountsForParent'),
};

/** Read from an object with the {@link accountAnswers} and the `id` of the account. */
export const account = awsKind('aws_account', [base.account, awsResource], {
  name: 'AWS Account',
  class: 'base.AwsAccount',
  calls: accountAnswers.map(({ call }) => call),
  properties: {
    account_alias: string(constant('')),
    role: string(),
    profile: string(),
    partition: string(),
    users: summary('Users'),
    groups: summary('Groups'),
    account_mfa_enabled: summary('AccountMFAEnabled'),
    account_access_keys_present: summary('AccountAccessKeysPresent'),
    account_signing_certificates_present: summary('AccountSigningCertificatesPresent'),
    mfa_devices: summary('MFADevices'),
    mfa_devices_in_use: summary('MFADevicesInUse'),
    policies: summary('Policies'),
    policy_versions_in_use: summary('PolicyVersionsInUse'),
    global_endpoint_token_version: summary('GlobalEndpointTokenVersion'),
    server_certificates: summary('ServerCertificates'),
    minimum_password_length: int64(policy('MinimumPasswordLength', 0)),
    require_symbols: rule('RequireSymbols'),
    require_numbers: rule('RequireNumbers'),
    require_uppercase_characters: rule('RequireUppercaseCharacters'),
    require_lowercase_characters: rule('RequireLowercaseCharacters'),
    allow_users_to_change_password: rule('AllowUsersToChangePassword'),
    expire_passwords: rule('ExpirePasswords'),
    max_password_age: int64(policy('MaxPasswordAge', 0), { initial: 0 }),
    password_reuse_prevention: int64(policy('PasswordReusePrevention', 0), { initial: 0 }),
    hard_expiry: rule('HardExpiry'),
    is_organization_member: boolean(path('organization.Organization', constant(true)), { initial: false }),
    is_organization_master: boolean(isMaster, { initial: false }),
    organization_id: string('organization.Organization.Id'),
    organization_arn: string('organization.Organization.Arn'),
  },
  successors: { default: ['aws_region', 'aws_s3_account_settings'] },
});

// The vendor says nothing about the age of its regions; this is the day it started.
const regionCreated = '2006-03-19T00:00:00Z';

/** Read from an object with `id` and `name`. */
export const region = awsKind('aws_region', [base.region, awsResource], {
  name: 'AWS Region',
  class: 'base.AwsRegion',
  calls: [describeRegions],
  properties: { id: string('id'), name: string('name'), ctime: datetime(constant(regionCreated)) },
  successors: { default: services.flatMap(({ kinds }) => kinds).map(({ fqn }) => fqn) },
});

export const organizationalRoot = awsKind('aws_organizational_root', [base.organizationalRoot, awsResource], {
  name: 'AWS Organizational Root',
  class: 'collector.AwsOrganizationalRoot',
  calls: Object.values(organizationCalls),
  properties: { id: string('Id'), name: string('Name'), arn: string('Arn') },
});

export const organizationalUnit = awsKind('aws_organizational_unit', [base.organizationalUnit, awsResource], {
  name: 'AWS Organizational Unit',
  class: 'collector.AwsOrganizationalUnit',
  calls: Object.values(organizationCalls),
  properties: { id: string('Id'), name: string('Name'), arn: string('Arn') },
});

export const frameKinds = [account, region, organizationalRoot, organizationalUnit];

function summary(name: string): Property {
  return int64(`summary.SummaryMap.${name}`, { initial: 0 });
}

/** A value of the password policy; `otherwise` when there is a policy without it. */
function policy(name: string, otherwise: unknown): (answers: unknown) => unknown {
  const read = path(name);
  return path('passwordPolicy.PasswordPolicy', (found) => read(found) ?? otherwise);
}

function rule(name: string): Property {
  return boolean(policy(name, false));
}

function isMaster(answers: unknown): unknown {
  const master = path('organization.Organization.MasterAccountId')(answers);
  return master === undefined ? undefined : master === path('id')(answers);
}
