import type { StoredResource } from '@resoto/worker-core/plugin';

import { textIn } from '../../changes/named-by.ts';
import type { TagCalls } from '../../changes/tag-calls.ts';
import { logs } from './client.ts';

export const logGroupTags: TagCalls = {
  update: logs.change('TagResource'),
  remove: logs.change('UntagResource'),
  updateInput: (group, tags) => ({ resourceArn: arnOf(group), tags }),
  removeInput: (group, tagKeys) => ({ resourceArn: arnOf(group), tagKeys }),
};

/** The list gives the ARN of all streams of the group. */
function arnOf(group: StoredResource): string {
  return textIn(group, 'arn').replace(/:\*$/, '');
}
