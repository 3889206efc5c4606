import { tagCalls } from '../../changes/tag-calls.ts';
import type { TagCalls } from '../../changes/tag-calls.ts';
import { rds } from './client.ts';

export const tags = tagsBy('arn');
/** The ARN that is made for it is not the one it has. */
export const clusterSnapshotTags = tagsBy('rds_db_cluster_snapshot_arn');

function tagsBy(arn: string): TagCalls {
  return tagCalls(rds, {
    update: 'AddTagsToResource',
    remove: 'RemoveTagsFromResource',
    resource: { ResourceName: arn },
  });
}
