/** A bucket has to be empty before it can be deleted: of objects, their versions and what marks them deleted, and of uploads. */
import { errorCode, member, ProviderError } from '@resoto/worker-core/plugin';
import type { CleanupResource, PrepareResult } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../../call.ts';
import { oneByOne } from '../../changes/cleanup-calls.ts';
import type { CleanupDeclaration } from '../../changes/cleanup-calls.ts';
import { textIn } from '../../changes/named-by.ts';
import { forEach } from '../../limits.ts';
import type { Call, Change } from '../../service.ts';
import { listOf, textOf } from '../../values.ts';
import { listBuckets } from './calls.ts';
import { s3 } from './client.ts';

const noBucket = { expected: ['NoSuchBucket'] };
// Permissions of S3 are not named after its calls.
const getVersioning = s3('GetBucketVersioning', noBucket);
const listObjects = s3('ListObjectsV2', {
  ...noBucket,
  permission: 's3:ListBucket',
  token: { input: 'ContinuationToken', output: 'NextContinuationToken', size: 'MaxKeys' },
});
const listVersions = s3('ListObjectVersions', { ...noBucket, permission: 's3:ListBucketVersions' });
const listUploads = s3('ListMultipartUploads', { ...noBucket, permission: 's3:ListBucketMultipartUploads' });
const deleteObjects = s3.change('DeleteObjects', { ...noBucket, permission: 's3:DeleteObject' });
const deleteVersions = s3.change('DeleteObjects', { ...noBucket, permission: 's3:DeleteObjectVersion' });
const abortUpload = s3.change('AbortMultipartUpload', { expected: ['NoSuchUpload', 'NoSuchBucket'] });

/** Uploads that are aborted at the same time. */
const abortsAtOnce = 10;

export const bucketCleanup: CleanupDeclaration = {
  delete: s3.change('DeleteBucket', noBucket),
  input: { Bucket: 'name' },
  exists: { call: listBuckets, options: { MaxBuckets: 1000 }, by: {}, items: 'Buckets', id: 'Name', batch: 500 },
  refuse: ({ reported }) =>
    reported['bucket_mfa_delete'] === true
      ? 'versions of its objects can only be deleted with an MFA device'
      : undefined,
  prepare: {
    calls: [getVersioning, listObjects, deleteObjects, listVersions, deleteVersions, listUploads, abortUpload],
    run: oneByOne(empty),
  },
};

/** What is deleted before a crash stays deleted, so the step may begin again. */
async function empty(client: WriteClient, bucket: CleanupResource): Promise<PrepareResult> {
  const Bucket = textIn(bucket, 'name');
  const versioning = await client.read(getVersioning, { Bucket });
  if (versioning === undefined) return 'already_gone';
  // A bucket that never had versions takes fewer permissions.
  if (member(versioning, 'Status') === undefined) await deleteAllObjects(client, Bucket);
  else await deleteAllVersions(client, Bucket);
  await abortUploads(client, Bucket);
  return 'done';
}

async function deleteAllObjects(client: WriteClient, bucket: string): Promise<void> {
  for await (const page of client.pages(listObjects, { Bucket: bucket })) {
    const objects = listOf(member(page, 'Contents')).map((object) => ({ Key: member(object, 'Key') }));
    await deleteEach(client, deleteObjects, bucket, objects);
  }
}

async function deleteAllVersions(client: WriteClient, bucket: string): Promise<void> {
  for await (const page of pagesOf(client, listVersions, bucket, versionMarkers)) {
    const versions = [...listOf(member(page, 'Versions')), ...listOf(member(page, 'DeleteMarkers'))];
    const objects = versions.map((one) => ({ Key: member(one, 'Key'), VersionId: member(one, 'VersionId') }));
    await deleteEach(client, deleteVersions, bucket, objects);
  }
}

/** Few buckets have any: without the permission to list them the deletion is tried all the same. */
async function abortUploads(client: WriteClient, bucket: string): Promise<void> {
  try {
    for await (const page of pagesOf(client, listUploads, bucket, uploadMarkers)) {
      await forEach(listOf(member(page, 'Uploads')), abortsAtOnce, async (upload) => {
        const [Key, UploadId] = [member(upload, 'Key'), member(upload, 'UploadId')];
        await client.change(abortUpload, { Bucket: bucket, Key, UploadId });
      });
    }
  } catch (error) {
    if (errorCode(error) !== 'missing_permission') throw error;
  }
}

/** Members of the input that take where the next page begins, and of the answer that say it. */
type Markers = Readonly<Record<string, string>>;

const versionMarkers: Markers = { KeyMarker: 'NextKeyMarker', VersionIdMarker: 'NextVersionIdMarker' };
const uploadMarkers: Markers = { KeyMarker: 'NextKeyMarker', UploadIdMarker: 'NextUploadIdMarker' };

/** Pages of a list, of at most 1000 items. Each begins at two markers, which no other list of AWS has. */
async function* pagesOf(
  client: WriteClient,
  call: Call,
  bucket: string,
  markers: Markers,
): AsyncGenerator<object, undefined> {
  for (let from: Readonly<Record<string, unknown>> = {}; ;) {
    const page = await client.read(call, { Bucket: bucket, ...from });
    if (page === undefined) return;
    yield page;
    if (member(page, 'IsTruncated') !== true) return;
    const next = Object.fromEntries(Object.entries(markers).map(([input, output]) => [input, member(page, output)]));
    if (JSON.stringify(next) === JSON.stringify(from)) throw endless(call.name, bucket);
    from = next;
  }
}

/** @param objects  at most 1000 */
async function deleteEach(
  client: WriteClient,
  call: Change,
  bucket: string,
  objects: readonly object[],
): Promise<void> {
  if (objects.length === 0) return;
  const answer = await client.change(call, { Bucket: bucket, Delete: { Objects: objects, Quiet: true } });
  const [failed, ...others] = listOf(member(answer, 'Errors'));
  if (failed === undefined) return;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  const text = `${textOf(member(failed, 'Key'))}: ${textOf(member(failed, 'Message'))}${more}`;
  throw client.failure(call, textOf(member(failed, 'Code')), text);
}

function endless(call: string, bucket: string): ProviderError {
  return new ProviderError(`s3 ${call} of ${bucket} gave the same page twice`, { code: 'repeated_page' });
}
