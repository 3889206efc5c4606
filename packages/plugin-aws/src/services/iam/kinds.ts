import {
  base,
  boolean,
  constant,
  datetime,
  dictionary,
  firstOf,
  int64,
  list,
  member,
  object,
  path,
  ref,
  string,
} from '@resoto/worker-core/plugin';

import { isTrue, reportTime } from './credential-report.ts';
import { awsKind, awsResource, awsValue, tagList } from '../../aws-kind.ts';
import { calls, reportCalls } from './calls.ts';
import {
  accessKeyCleanup,
  groupCleanup,
  instanceProfileCleanup,
  policyCleanup,
  roleCleanup,
  serverCertificateCleanup,
  userCleanup,
} from './cleanup.ts';
import { iam } from './client.ts';
import { arnId } from '../../arn.ts';
import { policyDocument } from '../../policy-document.ts';
import { tagCalls } from '../../changes/tag-calls.ts';

const policyDetail = awsValue('aws_iam_policy_detail', {
  policy_name: string('PolicyName'),
  policy_document: dictionary('any', path('PolicyDocument', policyDocument)),
});

export const group = awsKind('aws_iam_group', [awsResource, base.group], {
  name: 'AWS IAM Group',
  class: 'iam.AwsIamGroup',
  cleanup: groupCleanup,
  calls: [calls.authorizationDetails],
  arn: 'arn:{partition}:iam::{account}:group/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/iam/home?region={region}#/groups/details/{name}',
  properties: {
    id: string('GroupId'),
    name: string('GroupName'),
    arn: string('Arn'),
    tags: tagList(),
    ctime: datetime('CreateDate'),
    path: string('Path'),
    group_policies: list(policyDetail, 'GroupPolicyList'),
  },
  references: [
    ref('aws_iam_policy', { by: 'arn', from: 'AttachedManagedPolicies[].PolicyArn', default: 'out', delete: 'out' }),
  ],
});

const policyVersion = awsValue('aws_iam_policy_version', {
  document: dictionary('any', path('Document', policyDocument)),
  version_id: string('VersionId'),
  is_default_version: boolean('IsDefaultVersion'),
  create_date: datetime('CreateDate'),
});

export const policy = awsKind('aws_iam_policy', [awsResource, base.policy], {
  name: 'AWS IAM Policy',
  class: 'iam.AwsIamPolicy',
  cleanup: policyCleanup,
  calls: [calls.authorizationDetails],
  arn: 'arn:{partition}:iam::{account}:policy/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/iamv2/home?region={region}#/policies/details/{arn}?section=permissions',
  tags: tagCalls(iam, { update: 'TagPolicy', remove: 'UntagPolicy', resource: { PolicyArn: 'arn' } }),
  properties: {
    // Emulators leave out both.
    id: string(firstOf('PolicyId', 'Arn')),
    name: string(firstOf('PolicyName', path('Arn', arnId))),
    arn: string('Arn'),
    tags: tagList(),
    ctime: datetime('CreateDate'),
    mtime: datetime('UpdateDate'),
    path: string('Path'),
    policy_default_version_id: string('DefaultVersionId'),
    policy_attachment_count: int64('AttachmentCount'),
    policy_permissions_boundary_usage_count: int64('PermissionsBoundaryUsageCount'),
    policy_is_attachable: boolean('IsAttachable'),
    policy_description: string('Description'),
    policy_document: object(policyVersion, defaultVersion),
  },
});

const attachedPermissionsBoundary = awsValue('aws_iam_attached_permissions_boundary', {
  permissions_boundary_type: string('PermissionsBoundaryType'),
  permissions_boundary_arn: string('PermissionsBoundaryArn'),
});

const roleLastUsed = awsValue('aws_iam_role_last_used', {
  last_used: datetime('LastUsedDate'),
  region: string('Region'),
});

export const role = awsKind('aws_iam_role', [awsResource], {
  name: 'AWS IAM Role',
  class: 'iam.AwsIamRole',
  cleanup: roleCleanup,
  calls: [calls.authorizationDetails],
  arn: 'arn:{partition}:iam:{region}:{account}:role/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/iam/home?region={region}#/roles/details/{RoleName}',
  tags: tagCalls(iam, { update: 'TagRole', remove: 'UntagRole', resource: { RoleName: 'name' } }),
  properties: {
    id: string('RoleId'),
    name: string('RoleName'),
    arn: string('Arn'),
    tags: tagList(),
    ctime: datetime('CreateDate'),
    path: string('Path'),
    description: string('Description'),
    role_assume_role_policy_document: dictionary('any', path('AssumeRolePolicyDocument', policyDocument)),
    role_max_session_duration: int64('MaxSessionDuration'),
    role_permissions_boundary: object(attachedPermissionsBoundary, 'PermissionsBoundary'),
    role_last_used: object(roleLastUsed, 'RoleLastUsed', { metadata: { ignore_history: true } }),
    role_policies: list(policyDetail, 'RolePolicyList'),
  },
  references: [
    ref('aws_iam_policy', { by: 'arn', from: 'AttachedManagedPolicies[].PolicyArn', default: 'out', delete: 'out' }),
    ref('aws_iam_instance_profile', { by: 'arn', from: 'InstanceProfileList[].Arn', default: 'out', delete: 'out' }),
  ],
});

export const instanceProfile = awsKind('aws_iam_instance_profile', [awsResource, base.instanceProfile], {
  name: 'AWS IAM Instance Profile',
  class: 'iam.AwsIamInstanceProfile',
  cleanup: instanceProfileCleanup,
  list: { call: iam('ListInstanceProfiles'), items: 'InstanceProfiles', pageSize: 1000 },
  arn: 'arn:{partition}:iam:{region}:{account}:instance-profile/{name}',
  tags: tagCalls(iam, {
    update: 'TagInstanceProfile',
    remove: 'UntagInstanceProfile',
    resource: { InstanceProfileName: 'name' },
  }),
  properties: {
    id: string('InstanceProfileId'),
    name: string('InstanceProfileName'),
    arn: string('Arn'),
    ctime: datetime('CreateDate'),
    instance_profile_path: string('Path'),
  },
});

export const serverCertificate = awsKind('aws_iam_server_certificate', [awsResource, base.certificate], {
  name: 'AWS IAM Server Certificate',
  class: 'iam.AwsIamServerCertificate',
  cleanup: serverCertificateCleanup,
  list: { call: iam('ListServerCertificates'), items: 'ServerCertificateMetadataList', pageSize: 1000 },
  arn: 'arn:{partition}:iam:{region}:{account}:server-certificate/{name}',
  tags: tagCalls(iam, {
    update: 'TagServerCertificate',
    remove: 'UntagServerCertificate',
    resource: { ServerCertificateName: 'name' },
  }),
  properties: {
    id: string('ServerCertificateId'),
    name: string('ServerCertificateName'),
    arn: string('Arn'),
    tags: tagList(),
    ctime: datetime('UploadDate'),
    expires: datetime('Expiration'),
    path: string('Path'),
  },
});

const virtualMfaDevice = awsValue('aws_iam_virtual_mfa_device', {
  serial_number: string('SerialNumber'),
  enable_date: datetime('EnableDate'),
});

/** Read from a user with its line of the `report` and its `mfaDevices`. */
export const user = awsKind('aws_iam_user', [awsResource, base.user], {
  name: 'AWS IAM User',
  class: 'iam.AwsIamUser',
  cleanup: userCleanup,
  calls: [calls.authorizationDetails, calls.virtualMfaDevices, ...Object.values(reportCalls)],
  arn: 'arn:{partition}:iam::{account}:user/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/iam/home?region={region}#/users/details/{name}',
  tags: tagCalls(iam, { update: 'TagUser', remove: 'UntagUser', resource: { UserName: 'name' } }),
  properties: {
    id: string('UserId'),
    name: string('UserName'),
    arn: string('Arn'),
    tags: tagList(),
    ctime: datetime('CreateDate'),
    atime: datetime(reportTime('password_last_used')),
    path: string('Path'),
    user_policies: list(policyDetail, 'UserPolicyList'),
    user_permissions_boundary: object(attachedPermissionsBoundary, 'PermissionsBoundary'),
    password_enabled: boolean(path('report', isTrue('password_enabled'))),
    password_last_used: datetime(reportTime('password_last_used')),
    password_last_changed: datetime(reportTime('password_last_changed')),
    password_next_rotation: datetime(reportTime('password_next_rotation')),
    mfa_active: boolean(path('report', isTrue('mfa_active'))),
    user_virtual_mfa_devices: list(virtualMfaDevice, 'mfaDevices', { initial: null }),
  },
  references: [
    ref('aws_iam_policy', { by: 'arn', from: 'AttachedManagedPolicies[].PolicyArn', default: 'out', delete: 'out' }),
    ref('aws_iam_group', { by: 'name', from: 'GroupList', default: 'in' }),
  ],
  successors: { default: ['aws_iam_access_key'] },
});

const accessKeyLastUsed = awsValue('aws_iam_access_key_last_used', {
  last_used: datetime('lastUsed'),
  last_rotated: datetime('lastRotated'),
  service_name: string('service'),
  region: string('region'),
});

/** Read from an item of ListAccessKeys with the `use` the report tells. */
export const accessKey = awsKind('aws_iam_access_key', [awsResource, base.accessKey], {
  name: 'AWS IAM Access Key',
  class: 'iam.AwsIamAccessKey',
  cleanup: accessKeyCleanup,
  calls: [calls.accessKeys, ...Object.values(reportCalls)],
  link: 'https://{region_id}.console.aws.amazon.com/iam/home?region={region}#/users/{UserName}?section=security_credentials&display=access_key&accessKeyID={AccessKeyId}',
  properties: {
    id: string('AccessKeyId'),
    name: string('UserName'),
    tags: tagList(),
    ctime: datetime('CreateDate'),
    atime: datetime('atime'),
    access_key_status: string('Status'),
    access_key_last_used: object(accessKeyLastUsed, 'use', { metadata: { ignore_history: true } }),
  },
  successors: { delete: ['aws_iam_user'] },
});

/** Read from its line of the `report` and its `mfaDevices`. */
export const rootUser = awsKind('aws_root_user', [awsResource, base.user], {
  name: 'AWS Root User',
  class: 'iam.AwsRootUser',
  calls: [...Object.values(reportCalls), calls.virtualMfaDevices],
  properties: {
    id: string(constant('root')),
    name: string(constant('root')),
    arn: string('report.arn'),
    ctime: datetime(reportTime('user_creation_time')),
    password_enabled: boolean(path('report', isTrue('password_enabled'))),
    password_last_used: datetime(reportTime('password_last_used')),
    password_last_changed: datetime(reportTime('password_last_changed')),
    password_next_rotation: datetime(reportTime('password_next_rotation')),
    mfa_active: boolean(path('report', isTrue('mfa_active'))),
    user_virtual_mfa_devices: list(virtualMfaDevice, 'mfaDevices', { initial: null }),
  },
  successors: { default: ['aws_iam_access_key'] },
});

/** The version of a policy that is in force. */
function defaultVersion(answer: unknown): unknown {
  const versions = member(answer, 'PolicyVersionList');
  const id = member(answer, 'DefaultVersionId');
  return Array.isArray(versions) ? versions.find((version) => member(version, 'VersionId') === id) : undefined;
}
