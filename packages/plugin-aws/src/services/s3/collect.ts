import { member } from '@resoto/worker-core/plugin';

import { forEach } from '../../limits.ts';
import type { RegionRun } from '../../region-run.ts';
import { membersOf } from '../../values.ts';
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
  const answers = new Map<string, unknown>();
  const missing: string[] = [];
  await Promise.all(
    bucketFollowUps.map(async ({ as, call, tells }) => {
      try {
        answers.set(as, await run.client.read(call, { Bucket: member(listed, 'Name') }));
      } catch (error) {
        run.incomplete(bucket, error);
        missing.push(...tells);
      }
    }),
  );
  run.add(bucket, { ...membersOf(listed), ...Object.fromEntries(answers) }, { missing });
}
