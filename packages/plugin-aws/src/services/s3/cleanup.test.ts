import { expect, test } from '@jest/globals';

import { signal, stored, testChanges } from '../../../test/test-changes.ts';
import { vendorError } from '../../../test/test-run.ts';
import { refuseCleanup } from '../../changes/describe.ts';
import { bucket } from './kinds.ts';

const logs = stored(bucket, { id: 'logs', name: 'logs' });

test('all versions, markers and uploads of all pages go', async () => {
  const { account, asked } = testChanges({
    GetBucketVersioning: { Status: 'Suspended' },
    ListObjectVersions: ({ KeyMarker, VersionIdMarker }: { KeyMarker?: string; VersionIdMarker?: string }) =>
      KeyMarker === undefined
        ? {
            IsTruncated: true,
            NextKeyMarker: 'b',
            NextVersionIdMarker: '1',
            Versions: [{ Key: 'a', VersionId: '1' }],
            DeleteMarkers: [{ Key: 'b', VersionId: '1' }],
          }
        : { IsTruncated: false, Versions: [{ Key: 'c', VersionId: `after ${KeyMarker} ${VersionIdMarker}` }] },
    ListMultipartUploads: { IsTruncated: false, Uploads: [{ Key: 'u', UploadId: '7' }] },
  });

  expect(await account.prepare?.([logs], signal)).toEqual(['done']);

  expect(asked.filter(({ call }) => !/^(Get|List)/.test(call))).toEqual([
    {
      call: 'DeleteObjects',
      input: {
        Bucket: 'logs',
        Delete: {
          Objects: [
            { Key: 'a', VersionId: '1' },
            { Key: 'b', VersionId: '1' },
          ],
          Quiet: true,
        },
      },
    },
    {
      call: 'DeleteObjects',
      input: { Bucket: 'logs', Delete: { Objects: [{ Key: 'c', VersionId: 'after b 1' }], Quiet: true } },
    },
    { call: 'AbortMultipartUpload', input: { Bucket: 'logs', Key: 'u', UploadId: '7' } },
  ]);
});

test('objects of a bucket that never had versions go by their keys', async () => {
  const { account, asked } = testChanges({
    ListObjectsV2: ({ ContinuationToken }: { ContinuationToken?: string }) =>
      ContinuationToken === undefined
        ? { NextContinuationToken: '2', Contents: [{ Key: 'a' }] }
        : { Contents: [{ Key: 'b' }] },
  });

  expect(await account.prepare?.([logs], signal)).toEqual(['done']);

  const deletions = asked.filter(({ call }) => call === 'DeleteObjects').map(({ input }) => input['Delete']);
  expect(deletions).toEqual([
    { Objects: [{ Key: 'a' }], Quiet: true },
    { Objects: [{ Key: 'b' }], Quiet: true },
  ]);
});

test('a call that fails once does not end the step', async () => {
  const answers = [vendorError('InternalError', 500), vendorError('SlowDown', 503), {}];
  const { account } = testChanges({
    ListObjectsV2: { Contents: [{ Key: 'a' }] },
    DeleteObjects: () => answers.shift(),
  });

  expect(await account.prepare?.([logs], signal)).toEqual(['done']);
  expect(answers).toEqual([]);
});

test('an empty bucket takes no deletion of objects', async () => {
  const { account, calls } = testChanges({ ListMultipartUploads: vendorError('AccessDenied', 403) });

  expect(await account.prepare?.([logs], signal)).toEqual(['done']);

  expect(calls()).toEqual(['GetBucketVersioning', 'ListObjectsV2', 'ListMultipartUploads']);
});

test.each([
  ['objects', {}, 's3:DeleteObject'],
  ['versions', { Status: 'Enabled' }, 's3:DeleteObjectVersion'],
])('%s that may not be deleted lack a permission', async (_what, versioning, permission) => {
  const { account } = testChanges({
    GetBucketVersioning: versioning,
    ListObjectsV2: { Contents: [{ Key: 'a' }] },
    ListObjectVersions: { Versions: [{ Key: 'a', VersionId: '1' }] },
    DeleteObjects: { Errors: [{ Key: 'a', Code: 'AccessDenied', Message: 'Access Denied' }] },
  });

  await expect(account.prepare?.([logs], signal)).rejects.toMatchObject({
    code: 'missing_permission',
    facts: { permission },
  });
});

test('a list that does not get on ends', async () => {
  const { account } = testChanges({
    GetBucketVersioning: { Status: 'Enabled' },
    ListObjectVersions: { IsTruncated: true, NextKeyMarker: 'a', NextVersionIdMarker: '1' },
  });

  await expect(account.prepare?.([logs], signal)).rejects.toMatchObject({ code: 'repeated_page' });
});

test('a bucket that does not exist is gone', async () => {
  const missing = vendorError('NoSuchBucket', 404);
  const { account } = testChanges({
    GetBucketVersioning: missing,
    DeleteBucket: missing,
    ListBuckets: { Buckets: [] },
  });

  expect(await account.prepare?.([logs], signal)).toEqual(['already_gone']);
  expect(await account.delete([logs], signal)).toEqual(['already_gone']);
  expect(await account.exists([logs], signal)).toEqual([false]);
});

test('a bucket that is filled again while it is deleted may be tried again', async () => {
  const { account } = testChanges({ DeleteBucket: vendorError('BucketNotEmpty', 409) });

  await expect(account.delete([logs], signal)).rejects.toMatchObject({ code: 'resource_in_use' });
});

test('a bucket that wants an MFA device is refused', () => {
  const guarded = stored(bucket, { id: 'logs', name: 'logs', bucket_mfa_delete: true });

  expect(refuseCleanup(guarded)).toBe('versions of its objects can only be deleted with an MFA device');
});
