import { textIn } from '../../changes/named-by.ts';
import type { TagCalls } from '../../changes/tag-calls.ts';
import { autoscaling } from './client.ts';

const ResourceType = 'auto-scaling-group';

/** Each tag names its group. Instances that start later do not get it. */
export const groupTags: TagCalls = {
  update: autoscaling.change('CreateOrUpdateTags'),
  remove: autoscaling.change('DeleteTags'),
  updateInput(group, tags) {
    const ResourceId = textIn(group, 'name');
    const entries = Object.entries(tags);
    return {
      Tags: entries.map(([Key, Value]) => ({ ResourceId, ResourceType, Key, Value, PropagateAtLaunch: false })),
    };
  },
  removeInput(group, keys) {
    const ResourceId = textIn(group, 'name');
    return { Tags: keys.map((Key) => ({ ResourceId, ResourceType, Key })) };
  },
};
