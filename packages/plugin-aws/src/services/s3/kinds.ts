import {
  base,
  boolean,
  datetime,
  dictionary,
  emptyToNull,
  list,
  object,
  path,
  string,
} from '@resoto/worker-core/plugin';
import type { Reader } from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue, tagList } from '../../aws-kind.ts';
import { policyDocument } from '../../policy-document.ts';
import { membersOf } from '../../values.ts';
import { accountPublicAccessBlock, bucketFollowUps, listBuckets } from './calls.ts';
import { bucketCleanup } from './cleanup.ts';
import { bucketTags } from './tags.ts';

const publicAccessBlockConfiguration = awsValue('aws_s3_public_access_block_configuration', {
  block_public_acls: boolean('BlockPublicAcls', { initial: false }),
  ignore_public_acls: boolean('IgnorePublicAcls', { initial: false }),
  block_public_policy: boolean('BlockPublicPolicy', { initial: false }),
  restrict_public_buckets: boolean('RestrictPublicBuckets', { initial: false }),
});

/** Read from the answer with `id` and `name` of the account. */
export const accountSettings = awsKind('aws_s3_account_settings', [awsResource, base.phantomResource], {
  name: 'AWS S3 Account Settings',
  class: 's3.AwsS3AccountSettings',
  calls: [accountPublicAccessBlock],
  arn: 'arn:{partition}:s3control:{region}:{account}:account/{name}',
  link: 'https://s3.console.aws.amazon.com/s3/settings?region={region_id}',
  properties: {
    id: string('id'),
    name: string('name'),
    bucket_public_access_block_configuration: object(publicAccessBlockConfiguration, 'PublicAccessBlockConfiguration'),
  },
});

const serverSideEncryptionRule = awsValue(
  'aws_s3_server_side_encryption_rule',
  {
    sse_algorithm: string('ApplyServerSideEncryptionByDefault.SSEAlgorithm'),
    kms_master_key_id: string('ApplyServerSideEncryptionByDefault.KMSMasterKeyID'),
    bucket_key_enabled: boolean('BucketKeyEnabled'),
  },
  'AWS S3 Server-side Encryption Rule',
);

const owner = awsValue('aws_s3_owner', {
  display_name: string('DisplayName'),
  id: string('ID'),
});

const grantee = awsValue('aws_s3_grantee', {
  display_name: string('DisplayName'),
  email_address: string('EmailAddress'),
  id: string('ID'),
  type: string('Type'),
  uri: string('URI'),
});

const grant = awsValue('aws_s3_grant', {
  grantee: object(grantee, 'Grantee'),
  permission: string('Permission'),
});

const bucketAcl = awsValue('aws_s3_bucket_acl', {
  owner: object(owner, 'Owner'),
  grants: list(grant, 'Grants'),
});

const targetGrant = awsValue('aws_s3_target_grant', {
  grantee: object(grantee, 'Grantee'),
  permission: string('Permission'),
});

const logging = awsValue('aws_s3_logging', {
  target_bucket: string('TargetBucket'),
  target_grants: list(targetGrant, 'TargetGrants', { initial: null }),
  target_prefix: string('TargetPrefix'),
});

/** Read from an item of the list and the answers to `bucketFollowUps`. */
export const bucket = awsKind('aws_s3_bucket', [awsResource, base.bucket], {
  name: 'AWS S3 Bucket',
  class: 's3.AwsS3Bucket',
  cleanup: bucketCleanup,
  list: { call: listBuckets, items: 'Buckets', pageSize: 1000 },
  calls: bucketFollowUps.map(({ call }) => call),
  arn: 'arn:{partition}:s3:::{name}',
  link: 'https://s3.console.aws.amazon.com/s3/buckets/{name}?region={region_id}&bucketType=general&tab=objects',
  tags: bucketTags,
  properties: {
    id: string('Name'),
    name: string('Name'),
    ctime: datetime('CreationDate'),
    tags: tagList('tagging.TagSet'),
    bucket_encryption_rules: list(serverSideEncryptionRule, 'encryption.ServerSideEncryptionConfiguration.Rules'),
    bucket_policy: dictionary('any', path('policy.Policy', policyDocument)),
    bucket_versioning: boolean(isEnabled('versioning.Status')),
    bucket_mfa_delete: boolean(isEnabled('versioning.MFADelete')),
    bucket_public_access_block_configuration: object(
      publicAccessBlockConfiguration,
      'publicAccessBlock.PublicAccessBlockConfiguration',
    ),
    bucket_acl: object(bucketAcl, 'acl'),
    bucket_logging: object(logging, path('logging.LoggingEnabled', unlessEmpty)),
  },
});

function isEnabled(from: string): Reader {
  const read = path(from);
  return (answer) => read(answer) === 'Enabled';
}

/** Servers other than the vendor's answer with empty members when a bucket has no log. */
function unlessEmpty(settings: unknown): unknown {
  return Object.values(membersOf(settings)).some((setting) => emptyToNull(setting) !== null) ? settings : undefined;
}
