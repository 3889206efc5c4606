import type { CleanupResource } from '@resoto/worker-core/plugin';

import type { CleanupDeclaration } from '../../changes/cleanup-calls.ts';
import { textOf } from '../../values.ts';
import { calls } from './calls.ts';
import { rds } from './client.ts';

const patience = 3600;
// Who marks a database means its data, too.
const options = { SkipFinalSnapshot: true };

export const instanceCleanup: CleanupDeclaration = {
  delete: rds.change('DeleteDBInstance', { expected: ['DBInstanceNotFound', 'DBInstanceNotFoundFault'] }),
  input: { DBInstanceIdentifier: 'id' },
  options,
  later: true,
  exists: {
    call: calls.instances,
    filter: 'db-instance-id',
    items: 'DBInstances',
    id: 'DBInstanceIdentifier',
    batch: 100,
  },
  underway: {
    call: calls.instances,
    by: { DBInstanceIdentifier: 'id' },
    status: 'DBInstances[0].DBInstanceStatus',
    is: 'deleting',
  },
  patience,
};

export const clusterCleanup: CleanupDeclaration = {
  delete: rds.change('DeleteDBCluster', { expected: ['DBClusterNotFoundFault'] }),
  input: { DBClusterIdentifier: 'id' },
  options,
  later: true,
  exists: { call: calls.clusters, filter: 'db-cluster-id', items: 'DBClusters', id: 'DBClusterIdentifier', batch: 100 },
  underway: { call: calls.clusters, by: { DBClusterIdentifier: 'id' }, status: 'DBClusters[0].Status', is: 'deleting' },
  patience,
};

export const snapshotCleanup: CleanupDeclaration = {
  delete: rds.change('DeleteDBSnapshot', { expected: ['DBSnapshotNotFound', 'DBSnapshotNotFoundFault'] }),
  input: { DBSnapshotIdentifier: 'id' },
  exists: {
    call: calls.snapshots,
    filter: 'db-snapshot-id',
    items: 'DBSnapshots',
    id: 'DBSnapshotIdentifier',
    batch: 100,
  },
  refuse: unlessManual,
};

export const clusterSnapshotCleanup: CleanupDeclaration = {
  delete: rds.change('DeleteDBClusterSnapshot', { expected: ['DBClusterSnapshotNotFoundFault'] }),
  input: { DBClusterSnapshotIdentifier: 'id' },
  exists: {
    call: calls.clusterSnapshots,
    filter: 'db-cluster-snapshot-id',
    items: 'DBClusterSnapshots',
    id: 'DBClusterSnapshotIdentifier',
    batch: 100,
  },
  refuse: unlessManual,
};

function unlessManual({ reported }: CleanupResource): string | undefined {
  const type = textOf(reported['rds_snapshot_type']);
  return ['', 'manual'].includes(type) ? undefined : `snapshots of type ${type} are deleted by what made them`;
}
