import { describe, expect, test } from '@jest/globals';

import { testRun, vendorError } from '../../../test/test-run.ts';
import { collectIdentities } from './collect.ts';
import { parseReport } from './credential-report.ts';
import { role, user } from './kinds.ts';

const columns =
  'user,arn,user_creation_time,password_enabled,password_last_used,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date';
const report = [
  columns,
  '<root_account>,arn:aws:iam::1:root,2021-09-02T15:15:38+00:00,not_supported,no_information,true,true,2022-01-01T00:00:00+00:00,N/A,false,N/A,N/A',
  'ann,arn:aws:iam::1:user/ann,2020-01-01T00:00:00+00:00,true,2024-01-01T00:00:00+00:00,false,true,2023-01-01T00:00:00+00:00,2024-02-02T00:00:00+00:00,true,2022-01-01T00:00:00+00:00,2024-03-03T00:00:00+00:00',
].join('\n');

const details = {
  UserDetailList: [
    { UserId: 'U1', UserName: 'ann', Arn: 'arn:aws:iam::1:user/ann', CreateDate: new Date('2020-01-01T00:00:00Z') },
  ],
  Policies: [
    {
      PolicyId: 'P1',
      PolicyName: 'read',
      Arn: 'arn:aws:iam::1:policy/read',
      DefaultVersionId: 'v2',
      PolicyVersionList: [
        { VersionId: 'v1', Document: '%7B%22Version%22%3A%221%22%7D' },
        {
          VersionId: 'v2',
          Document: '%7B%22Version%22%3A%222%22%2C%22Action%22%3A%5B%22b%22%2C%22a%22%5D%7D',
          IsDefaultVersion: true,
        },
      ],
    },
  ],
};

const keys = {
  AccessKeyMetadata: [
    { UserName: 'ann', AccessKeyId: 'AK2022', Status: 'Active', CreateDate: new Date('2022-01-01T00:00:00Z') },
    { UserName: 'ann', AccessKeyId: 'AK2023', Status: 'Active', CreateDate: new Date('2023-01-01T00:00:00Z') },
  ],
};

const answers = {
  GetAccountAuthorizationDetails: details,
  GenerateCredentialReport: { State: 'COMPLETE' },
  GetCredentialReport: { Content: Buffer.from(report) },
  ListAccessKeys: keys,
  ListVirtualMFADevices: { VirtualMFADevices: [{ SerialNumber: 'mfa/root', User: { Arn: 'arn:aws:iam::1:root' } }] },
};

const home = { region: { id: 'us-east-1', name: 'global' } };

describe('identities', () => {
  test('users have what the credential report says', async () => {
    const { run, sink } = testRun(answers, home);

    await collectIdentities(run);

    expect(sink.of('aws_iam_user')[0]?.reported).toMatchObject({
      id: 'U1',
      atime: '2024-01-01T00:00:00Z',
      password_enabled: true,
      password_last_used: '2024-01-01T00:00:00Z',
      mfa_active: false,
    });
    expect(sink.of('aws_iam_user')[0]?.reported).not.toHaveProperty('user_virtual_mfa_devices');
  });

  test('keys are told apart by when they were created', async () => {
    const { run, sink } = testRun(answers, home);

    await collectIdentities(run);

    const used = sink
      .of('aws_iam_access_key')
      .map(({ reported }) => [reported['id'], reported['access_key_last_used']]);
    expect(used).toEqual([
      ['AK2022', { last_used: '2024-03-03T00:00:00Z', last_rotated: '2022-01-01T00:00:00Z' }],
      ['AK2023', { last_used: '2024-02-02T00:00:00Z', last_rotated: '2023-01-01T00:00:00Z' }],
      ['root_key_1', { last_rotated: '2022-01-01T00:00:00Z' }],
    ]);
    expect(sink.edges).toEqual([
      'U1 default AK2022',
      'AK2022 delete U1',
      'U1 default AK2023',
      'AK2023 delete U1',
      'root default root_key_1',
    ]);
  });

  test('the root user comes from the report', async () => {
    const { run, sink } = testRun(answers, home);

    await collectIdentities(run);

    expect(sink.of('aws_root_user')[0]?.reported).toEqual({
      id: 'root',
      name: 'root',
      arn: 'arn:aws:iam::1:root',
      tags: {},
      ctime: '2021-09-02T15:15:38Z',
      password_enabled: false,
      mfa_active: true,
      user_virtual_mfa_devices: [{ serial_number: 'mfa/root' }],
    });
  });

  test('a policy has the document that is in force, sorted', async () => {
    const { run, sink } = testRun(answers, home);

    await collectIdentities(run);

    expect(sink.of('aws_iam_policy')[0]?.reported['policy_document']).toEqual({
      version_id: 'v2',
      is_default_version: true,
      document: { Action: ['a', 'b'], Version: '2' },
    });
  });

  test('without the report, what it tells is missing and the root user is kept', async () => {
    const { run, sink, failed } = testRun(
      { ...answers, GenerateCredentialReport: vendorError('AccessDenied', 403) },
      home,
    );

    await collectIdentities(run);

    expect(sink.of('aws_iam_user')[0]?.missing).toEqual(
      expect.arrayContaining(['atime', 'password_enabled', 'mfa_active']),
    );
    expect(sink.of('aws_iam_access_key')[0]?.missing).toEqual(['access_key_last_used']);
    expect(sink.of('aws_root_user')).toEqual([]);
    expect(failed).toEqual(['aws_root_user', 'aws_iam_access_key']);
  });

  test('keys that cannot be listed are kept', async () => {
    const { run, sink, failed } = testRun({ ...answers, ListAccessKeys: vendorError('AccessDenied', 403) }, home);

    await collectIdentities(run);

    expect(sink.of('aws_iam_user')).toHaveLength(1);
    expect(failed).toEqual(['aws_iam_access_key']);
  });

  test('devices are not asked for when the account has none', async () => {
    const { run, asked } = testRun(answers, { ...home, mfaDevices: 0 });

    await collectIdentities(run);

    expect(asked.map(({ call }) => call)).not.toContain('ListVirtualMFADevices');
  });
});

test('a user refers to groups by name, a role to its instance profiles', () => {
  const reads = (kind: typeof user, answer: object) =>
    kind.references.map(({ to, by, read }) => [to, by, read(answer)]);

  expect(reads(user, { GroupList: ['admins'] })).toContainEqual(['aws_iam_group', 'name', ['admins']]);
  expect(reads(role, { InstanceProfileList: [{ Arn: 'arn:p' }] })).toContainEqual([
    'aws_iam_instance_profile',
    'arn',
    ['arn:p'],
  ]);
});

test('fields of the report may be quoted', () => {
  expect(parseReport('user,arn\n"a,b","say ""hi"""\n').get('a,b')).toEqual({ user: 'a,b', arn: 'say "hi"' });
});
