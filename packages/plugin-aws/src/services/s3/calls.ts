import { member } from '@resoto/worker-core/plugin';

import type { FollowUp } from '../../follow-ups.ts';
import { s3, s3Control } from './client.ts';

const noConfiguration = 'NoSuchPublicAccessBlockConfiguration';

export const listBuckets = s3('ListBuckets', { permission: 's3:ListAllMyBuckets' });

export const accountPublicAccessBlock = s3Control('GetPublicAccessBlock', {
  permission: 's3:GetAccountPublicAccessBlock',
  expected: [noConfiguration],
});

/** What is asked for each bucket. A bucket may be deleted between the list and these calls. */
export const bucketFollowUps = [
  {
    as: 'tagging',
    call: s3('GetBucketTagging', { expected: ['NoSuchTagSet', 'NoSuchBucket'] }),
    tells: ['tags'],
  },
  {
    as: 'encryption',
    call: s3('GetBucketEncryption', {
      permission: 's3:GetEncryptionConfiguration',
      expected: ['ServerSideEncryptionConfigurationNotFoundError', 'NoSuchBucket'],
    }),
    tells: ['bucket_encryption_rules'],
  },
  {
    as: 'policy',
    call: s3('GetBucketPolicy', { expected: ['NoSuchBucketPolicy', 'NoSuchBucket'] }),
    tells: ['bucket_policy'],
  },
  {
    as: 'versioning',
    call: s3('GetBucketVersioning', { expected: ['NoSuchBucket'] }),
    tells: ['bucket_versioning', 'bucket_mfa_delete'],
  },
  {
    as: 'publicAccessBlock',
    call: s3('GetPublicAccessBlock', {
      permission: 's3:GetBucketPublicAccessBlock',
      expected: [noConfiguration, 'NoSuchBucket'],
    }),
    tells: ['bucket_public_access_block_configuration'],
  },
  { as: 'acl', call: s3('GetBucketAcl', { expected: ['NoSuchBucket'] }), tells: ['bucket_acl'] },
  { as: 'logging', call: s3('GetBucketLogging', { expected: ['NoSuchBucket'] }), tells: ['bucket_logging'] },
].map((followUp): FollowUp => ({ ...followUp, input: (bucket) => ({ Bucket: member(bucket, 'Name') }) }));
