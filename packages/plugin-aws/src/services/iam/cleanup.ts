/** How identities and what they have are deleted. */
import { member } from '@resoto/worker-core/plugin';
import type { Neighbour, PrepareResult } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../../call.ts';
import { oneByOne } from '../../changes/cleanup-calls.ts';
import type { CleanupDeclaration } from '../../changes/cleanup-calls.ts';
import { lookEach } from '../../changes/look-each.ts';
import { textIn } from '../../changes/named-by.ts';
import { settled } from '../../limits.ts';
import { listOf, textOf } from '../../values.ts';
import { calls } from './calls.ts';
import { iam } from './client.ts';
import { detach, gone, groupParts, roleParts, userParts, withoutParts } from './identity-parts.ts';

export const userCleanup: CleanupDeclaration = {
  delete: iam.change('DeleteUser', gone),
  input: { UserName: 'name' },
  exists: lookEach(iam('GetUser', gone), { UserName: 'name' }),
  prepare: withoutParts('UserName', userParts),
  takes: [{ kind: 'aws_iam_access_key' }],
};

export const groupCleanup: CleanupDeclaration = {
  delete: iam.change('DeleteGroup', gone),
  input: { GroupName: 'name' },
  exists: lookEach(iam('GetGroup', gone), { GroupName: 'name' }),
  prepare: withoutParts('GroupName', groupParts),
};

/** Paths of roles that belong to AWS. */
const rolesOfServices = /^\/(aws-service-role|aws-reserved)\//;

export const roleCleanup: CleanupDeclaration = {
  delete: iam.change('DeleteRole', gone),
  input: { RoleName: 'name' },
  exists: lookEach(iam('GetRole', gone), { RoleName: 'name' }),
  prepare: withoutParts('RoleName', roleParts),
  needs: ['aws_iam_instance_profile'],
  refuse: ({ reported, neighbours }) => {
    if (rolesOfServices.test(textOf(reported['path']))) return 'a service of AWS keeps it';
    const [profile] = staying(neighbours, 'out');
    return profile === undefined ? undefined : `it is in ${titleOf(profile)}, which stays`;
  },
};

const getInstanceProfile = iam('GetInstanceProfile', gone);
const removeRole = iam.change('RemoveRoleFromInstanceProfile', gone);

export const instanceProfileCleanup: CleanupDeclaration = {
  delete: iam.change('DeleteInstanceProfile', gone),
  input: { InstanceProfileName: 'name' },
  exists: lookEach(getInstanceProfile, { InstanceProfileName: 'name' }),
  prepare: {
    calls: [getInstanceProfile, removeRole],
    run: oneByOne(async (client, profile) => {
      const named = { InstanceProfileName: textIn(profile, 'name') };
      const answer = await client.read(getInstanceProfile, named);
      if (answer === undefined) return 'already_gone';
      const roles = listOf(member(member(answer, 'InstanceProfile'), 'Roles'));
      await settled(roles.map((role) => client.change(removeRole, { ...named, RoleName: member(role, 'RoleName') })));
      return 'done';
    }),
  },
};

const listPolicyVersions = iam('ListPolicyVersions', gone);
const deletePolicyVersion = iam.change('DeletePolicyVersion', gone);

export const policyCleanup: CleanupDeclaration = {
  delete: iam.change('DeletePolicy', gone),
  input: { PolicyArn: 'arn' },
  exists: lookEach(iam('GetPolicy', gone), { PolicyArn: 'arn' }),
  prepare: {
    calls: [...Object.values(detach).map(({ call }) => call), listPolicyVersions, deletePolicyVersion],
    run: oneByOne(async (client, policy) => {
      const { neighbours } = policy;
      const named = { PolicyArn: textIn(policy, 'arn') };
      // It goes before those it is attached to.
      await settled(neighbours.filter(isAttached).map((identity) => detachFrom(client, identity, named)));
      return deleteOldVersions(client, named);
    }),
  },
  needs: Object.keys(detach),
  refuse: ({ reported, neighbours }) => {
    if (/^arn:[^:]*:iam::aws:/.test(textOf(reported['arn']))) return 'it belongs to AWS';
    const [identity] = staying(neighbours, 'in');
    return identity === undefined ? undefined : `it is attached to ${titleOf(identity)}, which stays`;
  },
};

export const serverCertificateCleanup: CleanupDeclaration = {
  delete: iam.change('DeleteServerCertificate', gone),
  input: { ServerCertificateName: 'name' },
  exists: lookEach(iam('GetServerCertificate', gone), { ServerCertificateName: 'name' }),
};

export const accessKeyCleanup: CleanupDeclaration = {
  delete: iam.change('DeleteAccessKey', gone),
  input: { UserName: 'name', AccessKeyId: 'id' },
  exists: { call: calls.accessKeys, by: { UserName: 'name' }, items: 'AccessKeyMetadata', id: 'AccessKeyId' },
  refuse: ({ reported }) =>
    textOf(reported['id']).startsWith('root_key_') ? 'only the owner of the account can delete its keys' : undefined,
};

function isAttached({ edgeType, direction }: Neighbour): boolean {
  return edgeType === 'delete' && direction === 'in';
}

async function detachFrom(client: WriteClient, { kind, reported }: Neighbour, named: object): Promise<void> {
  const way = Object.entries(detach).find(([name]) => name === kind)?.[1];
  if (way !== undefined) await client.change(way.call, { ...named, [way.member]: reported['name'] });
}

/** All but the one in force, which goes with the policy. */
async function deleteOldVersions(client: WriteClient, named: object): Promise<PrepareResult> {
  let exists = false;
  const old: unknown[] = [];
  for await (const page of client.pages(listPolicyVersions, named)) {
    exists = true;
    old.push(...listOf(member(page, 'Versions')).filter((version) => member(version, 'IsDefaultVersion') !== true));
  }
  if (!exists) return 'already_gone';
  await settled(
    old.map((version) => client.change(deletePolicyVersion, { ...named, VersionId: member(version, 'VersionId') })),
  );
  return 'done';
}

/** Neighbours at delete edges that hold the resource and are not deleted with it. */
function staying(neighbours: readonly Neighbour[], side: Neighbour['direction']): readonly Neighbour[] {
  return neighbours.filter(({ edgeType, direction, stays }) => stays && edgeType === 'delete' && direction === side);
}

function titleOf({ kind, reported }: Neighbour): string {
  return `${kind} ${textOf(reported['name'])}`;
}
