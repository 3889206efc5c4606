/** A bucket has to be empty before it can be deleted: of objects, their versions and what marks them deleted, and of uploads. */
import { member, ProviderError } from '@resoto/worker-core/plugin';
import type { CleanupResource, PrepareResult } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../../call.ts';
import { oneByOne } from '../../changes/cleanup-calls.ts';
import type { CleanupDeclaration } from '../../changes/cleanup-calls.ts';
import { textIn } from '../../changes/named-by.ts';
import { forEach } from '../../limits.ts';
import { listOf, textOf } from '../../values.ts';
import { listBuckets } from './calls.ts';
import { s3 } from './client.ts';

const noBucket = { expected: ['NoSuchBucket'] };
// Permissions of S3 are not named after its calls.
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
    calls: [listVersions, deleteObjects, deleteVersions, listUploads, abortUpload],
    run: oneByOne(empty),
  },
};

/** What is deleted after a crash stays deleted, so that the step may begin again. */
async function empty(client: WriteClient, bucket: CleanupResource): Promise<PrepareResult> {
  const name = textIn(bucket, 'name');
  const exists = await emptyOf(client, listVersions, name, versionMarkers, async (page) => {
    const objects = [...listOf(member(page, 'Versions')), ...listOf(member(page, 'DeleteMarkers'))];
    if (objects.length > 0) await deleteAll(client, name, objects);
  });
  if (!exists) return 'already_gone';
  await emptyOf(client, listUploads, name, uploadMarkers, (page) =>
    forEach(listOf(member(page, 'Uploads')), abortsAtOnce, async (upload) => {
      const [Key, UploadId] = [member(upload, 'Key'), member(upload, 'UploadId')];
      await client.change(abortUpload, { Bucket: name, Key, UploadId });
    }),
  );
  return 'done';
}

/** Members of the input that take where the next page begins, and of the answer that say it. */
type Markers = Readonly<Record<string, string>>;

const versionMarkers: Markers = { KeyMarker: 'NextKeyMarker', VersionIdMarker: 'NextVersionIdMarker' };
const uploadMarkers: Markers = { KeyMarker: 'NextKeyMarker', UploadIdMarker: 'NextUploadIdMarker' };

/**
 * Works on all pages of a list, of at most 1000 items. Each begins at two markers, which no other list of AWS has.
 *
 * @returns whether there is such a bucket
 */
async function emptyOf(
  client: WriteClient,
  call: typeof listVersions,
  bucket: string,
  markers: Markers,
  work: (page: object) => Promise<unknown>,
): Promise<boolean> {
  let from: Readonly<Record<string, unknown>> = {};
  do {
    const page = await client.read(call, { Bucket: bucket, ...from });
    if (page === undefined) return false;
    await work(page);
    if (member(page, 'IsTruncated') !== true) return true;
    const next = Object.fromEntries(Object.entries(markers).map(([input, output]) => [input, member(page, output)]));
    if (JSON.stringify(next) === JSON.stringify(from)) throw endless(call.name, bucket);
    from = next;
  } while (true);
}

/** Deletes up to 1000 versions. A bucket without versions has one of each object, with the id `null`. */
async function deleteAll(client: WriteClient, bucket: string, versions: readonly unknown[]): Promise<void> {
  const objects = versions.map((version) => ({ Key: member(version, 'Key'), VersionId: member(version, 'VersionId') }));
  const call = objects.every(({ VersionId }) => VersionId === 'null') ? deleteObjects : deleteVersions;
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
