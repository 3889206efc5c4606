import { describe, expect, test } from '@jest/globals';

import { signal, stored, testChanges } from '../../../test/test-changes.ts';
import { vendorError } from '../../../test/test-run.ts';
import { refuseCleanup } from '../../changes/describe.ts';
import { accessKey, group, instanceProfile, policy, role, user } from './kinds.ts';

const ann = stored(user, { id: 'U1', name: 'ann' });

describe('a user', () => {
  const answers = {
    ListAttachedUserPolicies: { AttachedPolicies: [{ PolicyArn: 'arn:p' }] },
    ListUserPolicies: { PolicyNames: ['inline'] },
    ListAccessKeys: { AccessKeyMetadata: [{ AccessKeyId: 'AK1' }, { AccessKeyId: 'AK2' }] },
    GetLoginProfile: { LoginProfile: { UserName: 'ann' } },
    ListGroupsForUser: { Groups: [{ GroupName: 'admins' }] },
    ListMFADevices: { MFADevices: [{ SerialNumber: 'mfa/ann' }] },
    ListSigningCertificates: { Certificates: [{ CertificateId: 'C1' }] },
    ListSSHPublicKeys: { SSHPublicKeys: [{ SSHPublicKeyId: 'S1' }] },
    ListServiceSpecificCredentials: { ServiceSpecificCredentials: [{ ServiceSpecificCredentialId: 'X1' }] },
  };

  test('is rid of everything IAM wants to be gone', async () => {
    const { account, asked } = testChanges(answers);

    expect(await account.prepare?.([ann], signal)).toEqual(['done']);

    const changes = asked.filter(({ call }) => !/^(List|Get)/.test(call));
    expect(Object.fromEntries(changes.map(({ call, input }) => [call, input]))).toEqual({
      DetachUserPolicy: { UserName: 'ann', PolicyArn: 'arn:p' },
      DeleteUserPolicy: { UserName: 'ann', PolicyName: 'inline' },
      DeleteAccessKey: { UserName: 'ann', AccessKeyId: 'AK2' },
      DeleteLoginProfile: { UserName: 'ann' },
      RemoveUserFromGroup: { UserName: 'ann', GroupName: 'admins' },
      DeactivateMFADevice: { UserName: 'ann', SerialNumber: 'mfa/ann' },
      DeleteSigningCertificate: { UserName: 'ann', CertificateId: 'C1' },
      DeleteSSHPublicKey: { UserName: 'ann', SSHPublicKeyId: 'S1' },
      DeleteServiceSpecificCredential: { UserName: 'ann', ServiceSpecificCredentialId: 'X1' },
    });
    expect(changes).toHaveLength(10);
  });

  test('without a permission for what few users have is deleted all the same', async () => {
    const { account, calls } = testChanges({ ...answers, ListSSHPublicKeys: vendorError('AccessDenied', 403) });

    expect(await account.prepare?.([ann], signal)).toEqual(['done']);
    expect(calls()).not.toContain('DeleteSSHPublicKey');
  });

  test('whose policies cannot be listed lacks a permission', async () => {
    const { account } = testChanges({ ...answers, ListUserPolicies: vendorError('AccessDenied', 403) });

    await expect(account.prepare?.([ann], signal)).rejects.toMatchObject({
      code: 'missing_permission',
      facts: { permission: 'iam:ListUserPolicies' },
    });
  });

  test('that does not exist is gone', async () => {
    const { account } = testChanges({ DeleteUser: vendorError('NoSuchEntity', 404) });

    expect(await account.delete([ann], signal)).toEqual(['already_gone']);
  });

  test('is looked for by name, each by itself', async () => {
    const bob = stored(user, { id: 'U2', name: 'bob' });
    const { account } = testChanges({
      GetUser: ({ UserName }: { UserName: string }) => (UserName === 'ann' ? {} : vendorError('NoSuchEntity', 404)),
    });

    expect(await account.exists([ann, bob], signal)).toEqual([true, false]);
  });
});

test('inline policies of a group go by their names, and its users leave it', async () => {
  const { account, asked } = testChanges({
    ListGroupPolicies: { PolicyNames: ['inline'] },
    GetGroup: { Users: [{ UserName: 'ann' }] },
  });

  await account.prepare?.([stored(group, { id: 'G1', name: 'admins' })], signal);

  expect(asked.filter(({ call }) => !/^(List|Get)/.test(call))).toEqual([
    { call: 'DeleteGroupPolicy', input: { GroupName: 'admins', PolicyName: 'inline' } },
    { call: 'RemoveUserFromGroup', input: { GroupName: 'admins', UserName: 'ann' } },
  ]);
});

test('an instance profile loses its role', async () => {
  const { account, asked } = testChanges({ GetInstanceProfile: { InstanceProfile: { Roles: [{ RoleName: 'web' }] } } });

  await account.prepare?.([stored(instanceProfile, { id: 'I1', name: 'web-profile' })], signal);

  expect(asked.at(-1)).toEqual({
    call: 'RemoveRoleFromInstanceProfile',
    input: { InstanceProfileName: 'web-profile', RoleName: 'web' },
  });
});

describe('a role', () => {
  test('whose instance profile stays is refused', () => {
    const profile = { kind: 'aws_iam_instance_profile', reported: { name: 'web-profile' }, stays: true };
    const web = stored(role, { id: 'R1', name: 'web', path: '/' }, [profile]);

    expect(refuseCleanup(web)).toBe('it is in aws_iam_instance_profile web-profile, which stays');
  });

  test('that a service keeps is refused', () => {
    const linked = stored(role, {
      id: 'R1',
      name: 'AWSServiceRoleForRDS',
      path: '/aws-service-role/rds.amazonaws.com/',
    });

    expect(refuseCleanup(linked)).toBe('a service of AWS keeps it');
  });

  test('that is still in use may be tried again', async () => {
    const { account } = testChanges({ DeleteRole: vendorError('DeleteConflict', 409) });

    await expect(account.delete([stored(role, { id: 'R1', name: 'web' })], signal)).rejects.toMatchObject({
      code: 'resource_in_use',
    });
  });
});

describe('a policy', () => {
  const attachedTo = (kind: string, name: string, stays = false) => ({
    kind,
    reported: { name },
    direction: 'in' as const,
    stays,
  });
  const read = { id: 'P1', name: 'read', arn: 'arn:aws:iam::1:policy/read' };

  test('is detached from what goes with it, and loses its old versions', async () => {
    const { account, asked } = testChanges({
      ListPolicyVersions: {
        Versions: [
          { VersionId: 'v3', IsDefaultVersion: true },
          { VersionId: 'v1', IsDefaultVersion: false },
        ],
      },
    });
    const attached = ['aws_iam_user', 'aws_iam_group', 'aws_iam_role'].map((kind) => attachedTo(kind, 'n'));

    expect(await account.prepare?.([stored(policy, read, attached)], signal)).toEqual(['done']);

    expect(asked).toEqual([
      { call: 'DetachUserPolicy', input: { PolicyArn: read.arn, UserName: 'n' } },
      { call: 'DetachGroupPolicy', input: { PolicyArn: read.arn, GroupName: 'n' } },
      { call: 'DetachRolePolicy', input: { PolicyArn: read.arn, RoleName: 'n' } },
      { call: 'ListPolicyVersions', input: { PolicyArn: read.arn } },
      { call: 'DeletePolicyVersion', input: { PolicyArn: read.arn, VersionId: 'v1' } },
    ]);
  });

  test('that something needs which stays is refused', () => {
    const needed = stored(policy, read, [attachedTo('aws_iam_role', 'web'), attachedTo('aws_iam_user', 'ann', true)]);

    expect(refuseCleanup(needed)).toBe('it is attached to aws_iam_user ann, which stays');
  });

  test('of AWS is refused', () => {
    const admin = stored(policy, { ...read, arn: 'arn:aws-cn:iam::aws:policy/AdministratorAccess' });

    expect(refuseCleanup(admin)).toBe('it belongs to AWS');
  });
});

test('keys of the owner of the account are refused', () => {
  const key = stored(accessKey, { id: 'root_key_1', name: 'root_key_1' });

  expect(refuseCleanup(key)).toBe('only the owner of the account can delete its keys');
});
