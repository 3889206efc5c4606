import { expect, test } from '@jest/globals';

import { addAccount } from './account-node.ts';
import { collectOrganization } from './organization.ts';
import { testRun, vendorError } from '../test/test-run.ts';
import type { Answers } from '../test/test-run.ts';

const job = { id: '123456789012', name: 'main', data: { partition: 'aws', profile: 'dev', role: null } };

async function account(answers: Answers) {
  const { run, ...rest } = testRun(answers);
  const node = await addAccount(job, run.client, run.context);
  return { node, run, ...rest };
}

test('an account says what IAM and Organizations say', async () => {
  const { node, sink } = await account({
    GetAccountSummary: { SummaryMap: { Users: 3, MFADevices: 2 } },
    GetAccountPasswordPolicy: { PasswordPolicy: { MinimumPasswordLength: 14, RequireNumbers: true } },
    DescribeOrganization: { Organization: { Id: 'o-1', Arn: 'arn:o', MasterAccountId: '123456789012' } },
  });

  expect(sink.nodes[0]?.reported).toMatchObject({
    id: '123456789012',
    name: 'main',
    profile: 'dev',
    users: 3,
    groups: 0,
    minimum_password_length: 14,
    require_numbers: true,
    require_symbols: false,
    max_password_age: 0,
    is_organization_member: true,
    is_organization_master: true,
    organization_id: 'o-1',
  });
  expect(node).toMatchObject({ mfaDevices: 2, isMaster: true });
});

test('an account without password policy and organization has neither', async () => {
  const { sink } = await account({
    GetAccountSummary: {},
    GetAccountPasswordPolicy: vendorError('NoSuchEntity', 404),
    DescribeOrganization: vendorError('AWSOrganizationsNotInUseException'),
  });

  expect(sink.nodes[0]?.reported).toMatchObject({
    max_password_age: 0,
    is_organization_member: false,
    is_organization_master: false,
  });
  expect(sink.nodes[0]?.reported).not.toHaveProperty('require_symbols');
  expect(sink.nodes[0]?.missing).toBeUndefined();
});

test('what is denied is missing, and the number of devices is not known', async () => {
  const { node, sink, problems } = await account({ GetAccountSummary: vendorError('AccessDenied', 403) });

  expect(sink.nodes[0]?.missing).toContain('mfa_devices');
  expect(sink.nodes[0]?.reported).not.toHaveProperty('mfa_devices');
  expect(node.mfaDevices).toBeUndefined();
  expect(problems).toEqual([expect.objectContaining({ code: 'missing_permission' })]);
});

test('an organization is a tree of units with its accounts', async () => {
  const units: Record<string, object[]> = { 'r-1': [{ Id: 'ou-1', Name: 'Prod' }] };
  const accounts: Record<string, object[]> = { 'ou-1': [{ Id: '222222222222' }] };
  const { node, run, sink } = await account({
    DescribeOrganization: { Organization: { MasterAccountId: '123456789012' } },
    ListRoots: { Roots: [{ Id: 'r-1', Name: 'Root', Arn: 'arn:r' }] },
    ListOrganizationalUnitsForParent: ({ ParentId }: { ParentId: string }) => ({
      OrganizationalUnits: units[ParentId],
    }),
    DescribeOrganizationalUnit: { OrganizationalUnit: { Id: 'ou-1', Name: 'Prod', Arn: 'arn:u' } },
    ListAccountsForParent: ({ ParentId }: { ParentId: string }) => ({ Accounts: accounts[ParentId] }),
  });

  await collectOrganization(node, run.client, run.context);

  expect(sink.nodes.slice(1).map(({ kind, reported }) => [kind, reported['id'], reported['arn']])).toEqual([
    ['aws_organizational_root', 'r-1', 'arn:r'],
    ['aws_organizational_unit', 'ou-1', 'arn:u'],
  ]);
  expect(sink.deferred).toEqual([
    '{"node_id":"ou-1"} {"search_criteria":"is(aws_account) and reported.id = 222222222222"}',
  ]);
});

test('an organization that may not be asked for is kept', async () => {
  const { node, run, failed } = await account({ DescribeOrganization: vendorError('AccessDeniedException', 403) });

  await collectOrganization(node, run.client, run.context);

  expect(failed).toEqual(['aws_organizational_root']);
});
