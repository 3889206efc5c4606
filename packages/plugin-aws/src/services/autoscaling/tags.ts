import { member } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../../call.ts';
import { textIn } from '../../changes/named-by.ts';
import type { TagRoutine } from '../../changes/tag-calls.ts';
import { listOf, textOf } from '../../values.ts';
import { autoscaling } from './client.ts';

const describe = autoscaling('DescribeTags');
const write = autoscaling.change('CreateOrUpdateTags');
const remove = autoscaling.change('DeleteTags');

const ResourceType = 'auto-scaling-group';

/** Each tag names its group. New ones are not given to instances; those that were are still. */
export const groupTags: TagRoutine = {
  calls: [describe, write, remove],
  async change(client, group, changes) {
    const ResourceId = textIn(group, 'name');
    const keys = Object.keys(changes.update);
    if (changes.remove.length > 0) {
      await client.change(remove, { Tags: changes.remove.map((Key) => ({ ResourceId, ResourceType, Key })) });
    }
    if (keys.length === 0) return;
    const given = await givenToInstances(client, ResourceId, keys);
    const Tags = Object.entries(changes.update).map(([Key, Value]) => {
      return { ResourceId, ResourceType, Key, Value, PropagateAtLaunch: given.has(Key) };
    });
    await client.change(write, { Tags });
  },
};

/** Those keys that instances get when they start. */
async function givenToInstances(
  client: WriteClient,
  group: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const Filters = [
    { Name: 'auto-scaling-group', Values: [group] },
    { Name: 'key', Values: keys },
  ];
  const given = new Set<string>();
  for await (const page of client.pages(describe, { Filters })) {
    for (const tag of listOf(member(page, 'Tags'))) {
      if (member(tag, 'PropagateAtLaunch') === true) given.add(textOf(member(tag, 'Key')));
    }
  }
  return given;
}
