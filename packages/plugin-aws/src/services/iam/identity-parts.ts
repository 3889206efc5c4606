/** What belongs to an identity, and has to be taken from it before it can be deleted. */
import { errorCode, member } from '@resoto/worker-core/plugin';
import type { PrepareResult } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../../call.ts';
import { oneByOne } from '../../changes/cleanup-calls.ts';
import type { Preparation } from '../../changes/cleanup-calls.ts';
import { textIn } from '../../changes/named-by.ts';
import { settled } from '../../limits.ts';
import type { Call, Change } from '../../service.ts';
import { calls } from './calls.ts';
import { iam } from './client.ts';

/** What IAM says about something that is not there. */
export const gone = { expected: ['NoSuchEntity'] };

/** How a policy is detached from an identity, by kind. */
export const detach = {
  aws_iam_user: { call: iam.change('DetachUserPolicy', gone), member: 'UserName' },
  aws_iam_group: { call: iam.change('DetachGroupPolicy', gone), member: 'GroupName' },
  aws_iam_role: { call: iam.change('DetachRolePolicy', gone), member: 'RoleName' },
};

/** Something of an identity that is in the way of its deletion. */
interface Part {
  readonly list: Call;
  /** Member of the answer with a list of it, or the only one. */
  readonly items: string;
  readonly remove: Change;
  /** Member of the input of the removal that names an item, and member of the item that has the name: none, it is the name. */
  readonly as: string;
  readonly from?: string;
  /** Few have any: when it cannot be listed, the deletion is tried all the same, and IAM says whether there is one. */
  readonly rare?: boolean;
}

export const userParts: readonly Part[] = [
  {
    list: iam('ListAttachedUserPolicies', gone),
    items: 'AttachedPolicies',
    remove: detach.aws_iam_user.call,
    as: 'PolicyArn',
    from: 'PolicyArn',
  },
  {
    list: iam('ListUserPolicies', gone),
    items: 'PolicyNames',
    remove: iam.change('DeleteUserPolicy', gone),
    as: 'PolicyName',
  },
  {
    list: calls.accessKeys,
    items: 'AccessKeyMetadata',
    remove: iam.change('DeleteAccessKey', gone),
    as: 'AccessKeyId',
    from: 'AccessKeyId',
  },
  {
    list: iam('GetLoginProfile', gone),
    items: 'LoginProfile',
    remove: iam.change('DeleteLoginProfile', gone),
    as: 'UserName',
    from: 'UserName',
    rare: true,
  },
  {
    list: iam('ListGroupsForUser', gone),
    items: 'Groups',
    remove: iam.change('RemoveUserFromGroup', gone),
    as: 'GroupName',
    from: 'GroupName',
    rare: true,
  },
  {
    list: iam('ListMFADevices', gone),
    items: 'MFADevices',
    remove: iam.change('DeactivateMFADevice', gone),
    as: 'SerialNumber',
    from: 'SerialNumber',
    rare: true,
  },
  {
    list: iam('ListSigningCertificates', gone),
    items: 'Certificates',
    remove: iam.change('DeleteSigningCertificate', gone),
    as: 'CertificateId',
    from: 'CertificateId',
    rare: true,
  },
  {
    list: iam('ListSSHPublicKeys', gone),
    items: 'SSHPublicKeys',
    remove: iam.change('DeleteSSHPublicKey', gone),
    as: 'SSHPublicKeyId',
    from: 'SSHPublicKeyId',
    rare: true,
  },
  {
    list: iam('ListServiceSpecificCredentials', gone),
    items: 'ServiceSpecificCredentials',
    remove: iam.change('DeleteServiceSpecificCredential', gone),
    as: 'ServiceSpecificCredentialId',
    from: 'ServiceSpecificCredentialId',
    rare: true,
  },
];

export const groupParts: readonly Part[] = [
  {
    list: iam('ListAttachedGroupPolicies', gone),
    items: 'AttachedPolicies',
    remove: detach.aws_iam_group.call,
    as: 'PolicyArn',
    from: 'PolicyArn',
  },
  {
    list: iam('ListGroupPolicies', gone),
    items: 'PolicyNames',
    remove: iam.change('DeleteGroupPolicy', gone),
    as: 'PolicyName',
  },
  {
    list: iam('GetGroup', gone),
    items: 'Users',
    remove: iam.change('RemoveUserFromGroup', gone),
    as: 'UserName',
    from: 'UserName',
  },
];

export const roleParts: readonly Part[] = [
  {
    list: iam('ListAttachedRolePolicies', gone),
    items: 'AttachedPolicies',
    remove: detach.aws_iam_role.call,
    as: 'PolicyArn',
    from: 'PolicyArn',
  },
  {
    list: iam('ListRolePolicies', gone),
    items: 'PolicyNames',
    remove: iam.change('DeleteRolePolicy', gone),
    as: 'PolicyName',
  },
];

/** A step that takes everything from an identity that IAM wants to be gone. */
export function withoutParts(nameMember: string, parts: readonly Part[]): Preparation {
  return {
    calls: parts.flatMap(({ list, remove }) => [list, remove]),
    run: oneByOne(async (client, identity): Promise<PrepareResult> => {
      const named = { [nameMember]: textIn(identity, 'name') };
      await settled(parts.map((part) => removePart(client, part, named)));
      return 'done';
    }),
  };
}

async function removePart(client: WriteClient, part: Part, named: object): Promise<void> {
  const { remove, as, from } = part;
  const items = await listPart(client, part, named);
  await settled(
    items.map((item) => client.change(remove, { ...named, [as]: from === undefined ? item : member(item, from) })),
  );
}

async function listPart(
  client: WriteClient,
  { list, items, rare = false }: Part,
  named: object,
): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  try {
    for await (const page of client.pages(list, named)) found.push(member(page, items) ?? []);
  } catch (error) {
    if (!rare || ['throttled', 'login_failed'].includes(errorCode(error) ?? '')) throw error;
  }
  return found.flat();
}
