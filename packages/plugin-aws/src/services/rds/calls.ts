import { member } from '@resoto/worker-core/plugin';

import type { FollowUp } from '../../follow-ups.ts';
import { rds } from './client.ts';

export const calls = {
  instances: rds('DescribeDBInstances'),
  clusters: rds('DescribeDBClusters'),
  snapshots: rds('DescribeDBSnapshots'),
  clusterSnapshots: rds('DescribeDBClusterSnapshots'),
};

// What is listed may be deleted before these calls.

export const instanceTags: FollowUp = {
  as: 'tagging',
  call: rds('ListTagsForResource', { expected: ['DBInstanceNotFound'] }),
  input: (answer) => ({ ResourceName: member(answer, 'DBInstanceArn') }),
  tells: ['tags'],
};

export const snapshotAttributes: FollowUp = {
  as: 'attributes',
  call: rds('DescribeDBSnapshotAttributes', { expected: ['DBSnapshotNotFound'] }),
  input: (answer) => ({ DBSnapshotIdentifier: member(answer, 'DBSnapshotIdentifier') }),
  tells: ['rds_attributes'],
};

export const clusterSnapshotAttributes: FollowUp = {
  as: 'attributes',
  call: rds('DescribeDBClusterSnapshotAttributes', { expected: ['DBClusterSnapshotNotFoundFault'] }),
  input: (answer) => ({ DBClusterSnapshotIdentifier: member(answer, 'DBClusterSnapshotIdentifier') }),
  tells: ['rds_attributes'],
};
