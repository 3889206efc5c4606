import {
  CreateBucketCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  type BucketLocationConstraint,
  type S3Client,
} from '@aws-sdk/client-s3';
import { tags } from './tags.ts';

type Region = 'us-east-1' | BucketLocationConstraint;

/** A bucket for pictures and one for versioned backups in each region. Returns the number of buckets made. */
export async function makeBuckets(s3: S3Client, regions: readonly Region[]): Promise<number> {
  for (const region of regions) {
    await makeBucket(s3, `shop-pictures-${region}`, region);
    await makeBucket(s3, `shop-backups-${region}`, region);
    await s3.send(
      new PutBucketVersioningCommand({
        Bucket: `shop-backups-${region}`,
        VersioningConfiguration: { Status: 'Enabled' },
      }),
    );
  }
  return regions.length * 2;
}

async function makeBucket(s3: S3Client, name: string, region: Region): Promise<void> {
  // The oldest region is named by leaving it out.
  const place = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region } };
  await s3.send(new CreateBucketCommand({ Bucket: name, ...place }));
  await s3.send(new PutBucketTaggingCommand({ Bucket: name, Tagging: { TagSet: bucketTags(name) } }));
}

function bucketTags(name: string): { Key: string; Value: string }[] {
  return tags(name, { owner: 'shop' }).map(({ Key = '', Value = '' }) => ({ Key, Value }));
}
