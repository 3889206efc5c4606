import { follow } from '../../follow-ups.ts';
import { forEach } from '../../limits.ts';
import type { RegionRun } from '../../region-run.ts';
import { accountPublicAccessBlock, bucketFollowUps, listBuckets } from './calls.ts';
import { accountSettings, bucket } from './kinds.ts';

export async function collectAccountSettings(run: RegionRun): Promise<void> {
  const { id, name, ref } = run.account;
  const answer = await run.client.read(accountPublicAccessBlock, { AccountId: id });
  const settings = run.add(accountSettings, { id, name, PublicAccessBlockConfiguration: nothingBlocked, ...answer });
  run.context.sink.edge(ref, settings);
}

// What an account has that never said otherwise.
const nothingBlocked = { BlockPublicAcls: false };

export async function collectBuckets(run: RegionRun): Promise<void> {
  for await (const buckets of run.list(bucket)) {
    await forEach(buckets, run.client.width(listBuckets), (listed) => addBucket(run, listed));
  }
}

async function addBucket(run: RegionRun, listed: unknown): Promise<void> {
  const { answer, missing } = await follow(run, bucket, listed, bucketFollowUps);
  run.add(bucket, answer, { missing });
}
