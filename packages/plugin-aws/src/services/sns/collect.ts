import { member } from '@resoto/worker-core/plugin';

import { addFollowed, collectEach } from '../../collect-each.ts';
import type { RegionRun } from '../../region-run.ts';
import type { Call } from '../../service.ts';
import { membersOf } from '../../values.ts';
import { calls, topicTags } from './calls.ts';
import { endpoint, platformApplication, subscription, topic } from './kinds.ts';

export async function collectTopics(run: RegionRun): Promise<void> {
  await collectEach(run, topic, async (listed) => {
    const attributes = await readAttributes(run, calls.topicAttributes, { TopicArn: member(listed, 'TopicArn') });
    if (attributes !== undefined) await addFollowed(run, topic, attributes, [topicTags]);
  });
}

export async function collectSubscriptions(run: RegionRun): Promise<void> {
  await collectEach(run, subscription, async (listed) => {
    const input = { SubscriptionArn: member(listed, 'SubscriptionArn') };
    const attributes = await readAttributes(run, calls.subscriptionAttributes, input);
    if (attributes !== undefined) run.add(subscription, attributes);
  });
}

export async function collectApplications(run: RegionRun): Promise<void> {
  await collectEach(run, platformApplication, (listed) =>
    addApplication(run, member(listed, 'PlatformApplicationArn')),
  );
}

async function addApplication(run: RegionRun, Arn: unknown): Promise<void> {
  const input = { PlatformApplicationArn: Arn };
  const attributes = await readAttributes(run, calls.applicationAttributes, input);
  if (attributes === undefined) return;
  const application = run.add(platformApplication, { ...attributes, Arn });
  for await (const endpoints of run.list(endpoint, input)) {
    for (const listed of endpoints) {
      const described = { ...membersOf(member(listed, 'Attributes')), Arn: member(listed, 'EndpointArn') };
      run.context.sink.edge(application, run.add(endpoint, described));
    }
  }
}

/** All attributes of something, undefined when it is not there. */
async function readAttributes(run: RegionRun, call: Call, input: object): Promise<object | undefined> {
  const attributes = member(await run.client.read(call, input), 'Attributes');
  return attributes === undefined ? undefined : membersOf(attributes);
}
