import { path } from '@resoto/worker-core/plugin';

import { textIn } from '../../changes/named-by.ts';
import { changedTags } from '../../changes/tag-calls.ts';
import type { TagRoutine } from '../../changes/tag-calls.ts';
import { s3 } from './client.ts';

const read = s3('GetBucketTagging', { expected: ['NoSuchTagSet'] });
const write = s3.change('PutBucketTagging');
const clear = s3.change('DeleteBucketTagging', { permission: write.permission });

const tagSet = path('TagSet');

/** A bucket has all its tags in one place: they are read, changed, and written again. */
export const bucketTags: TagRoutine = {
  calls: [read, write, clear],
  together: true,
  async change(client, bucket, changes) {
    const Bucket = textIn(bucket, 'name');
    const tags = changedTags(tagSet(await client.read(read, { Bucket })), changes);
    if (tags === undefined) return;
    if (tags.length === 0) await client.change(clear, { Bucket });
    else await client.change(write, { Bucket, Tagging: { TagSet: tags } });
  },
};
