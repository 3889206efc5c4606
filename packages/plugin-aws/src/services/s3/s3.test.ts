import { expect, test } from '@jest/globals';

import { testRun, vendorError } from '../../../test/test-run.ts';
import { collectAccountSettings, collectBuckets } from './collect.ts';

const home = { region: { id: 'us-east-1', name: 'global' } };
const bucket = { Name: 'logs', CreationDate: new Date('2019-08-08T08:05:42Z') };

test('a bucket without any settings has none', async () => {
  const { run, sink, problems } = testRun(
    {
      ListBuckets: { Buckets: [bucket] },
      GetBucketTagging: vendorError('NoSuchTagSet', 404),
      GetBucketEncryption: vendorError('ServerSideEncryptionConfigurationNotFoundError', 404),
      GetBucketPolicy: vendorError('NoSuchBucketPolicy', 404),
      GetPublicAccessBlock: vendorError('NoSuchPublicAccessBlockConfiguration', 404),
      GetBucketAcl: { $metadata: {}, Grants: [] },
    },
    home,
  );

  await collectBuckets(run);

  expect(sink.nodes).toEqual([
    expect.objectContaining({
      reported: {
        id: 'logs',
        name: 'logs',
        arn: 'arn:aws:s3:::logs',
        ctime: '2019-08-08T08:05:42Z',
        tags: {},
        bucket_encryption_rules: [],
        bucket_versioning: false,
        bucket_mfa_delete: false,
        bucket_acl: { grants: [] },
      },
    }),
  ]);
  expect(problems).toEqual([]);
});

test('what people set is reported', async () => {
  const { run, sink } = testRun(
    {
      ListBuckets: { Buckets: [bucket] },
      GetBucketTagging: { TagSet: [{ Key: 'owner', Value: 'me' }] },
      GetBucketEncryption: {
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
      },
      GetBucketPolicy: { Policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:b","s3:a"]}]}' },
      GetBucketVersioning: { Status: 'Enabled', MFADelete: 'Enabled' },
      GetBucketLogging: { LoggingEnabled: { TargetBucket: 'other', TargetPrefix: '' } },
    },
    home,
  );

  await collectBuckets(run);

  expect(sink.nodes[0]?.reported).toMatchObject({
    tags: { owner: 'me' },
    bucket_encryption_rules: [{ sse_algorithm: 'AES256' }],
    bucket_policy: { Statement: [{ Action: ['s3:a', 's3:b'], Effect: 'Allow' }], Version: '2012-10-17' },
    bucket_versioning: true,
    bucket_mfa_delete: true,
    bucket_logging: { target_bucket: 'other' },
  });
});

test('denied settings are missing, not unset', async () => {
  const { run, sink } = testRun(
    {
      ListBuckets: { Buckets: [bucket] },
      GetBucketTagging: vendorError('AccessDenied', 403),
      GetBucketVersioning: vendorError('AccessDenied', 403),
    },
    home,
  );

  await collectBuckets(run);

  expect(sink.nodes[0]?.missing).toEqual(['tags', 'bucket_versioning', 'bucket_mfa_delete']);
  expect(sink.nodes[0]?.reported).not.toHaveProperty('tags');
});

test('an account that blocks nothing says so', async () => {
  const { run, sink } = testRun(
    { GetPublicAccessBlock: vendorError('NoSuchPublicAccessBlockConfiguration', 404) },
    home,
  );

  await collectAccountSettings(run);

  expect(sink.nodes[0]?.reported).toMatchObject({
    id: '123456789012',
    name: 'main',
    arn: 'arn:aws:s3control:global:123456789012:account/main',
    bucket_public_access_block_configuration: {
      block_public_acls: false,
      block_public_policy: false,
      ignore_public_acls: false,
      restrict_public_buckets: false,
    },
  });
  expect(sink.edges).toEqual(['cloud default 123456789012']);
});
