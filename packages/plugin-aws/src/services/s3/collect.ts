import { addFollowed, collectEach } from '../../collect-each.ts';
import type { RegionRun } from '../../region-run.ts';
import { accountPublicAccessBlock, bucketFollowUps } from './calls.ts';
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
  await collectEach(run, bucket, (listed) => addFollowed(run, bucket, listed, bucketFollowUps));
}
