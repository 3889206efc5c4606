import { member } from '@resoto/worker-core/plugin';

import { addFollowed, collectEach } from '../../collect-each.ts';
import type { RegionRun } from '../../region-run.ts';
import { membersOf, textOf } from '../../values.ts';
import { calls, queueTags } from './calls.ts';
import { queue } from './kinds.ts';

export async function collectQueues(run: RegionRun): Promise<void> {
  await collectEach(run, queue, (url) => addQueue(run, textOf(url)));
}

async function addQueue(run: RegionRun, url: string): Promise<void> {
  const answer = await run.client.read(calls.queueAttributes, { QueueUrl: url, AttributeNames: ['All'] });
  const attributes = member(answer, 'Attributes');
  if (attributes === undefined) return;
  const described = { ...membersOf(attributes), QueueUrl: url, QueueName: url.slice(url.lastIndexOf('/') + 1) };
  await addFollowed(run, queue, described, [queueTags]);
}
