import { tagCalls } from '../../changes/tag-calls.ts';
import type { TagCalls } from '../../changes/tag-calls.ts';
import { ec2 } from './client.ts';

export const tags = tagsBy('id');
/** Addresses are listed by themselves, and known by their allocation. */
export const addressTags = tagsBy('ip_allocation_id');

function tagsBy(property: string): TagCalls {
  return tagCalls(ec2, {
    update: 'CreateTags',
    remove: 'DeleteTags',
    resource: { Resources: [property] },
    members: { tags: 'Tags', keys: 'Tags' },
    keys: 'objects',
  });
}
