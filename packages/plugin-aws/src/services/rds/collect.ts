/** Clusters, instances with their tags and last use, and snapshots with who may restore them. */
import { member } from '@resoto/worker-core/plugin';

import { addFollowed, collectEach } from '../../collect-each.ts';
import { readLastActivity } from '../../last-activity.ts';
import type { ActivityQuery } from '../../last-activity.ts';
import { forEach } from '../../limits.ts';
import type { NodeExtras, RegionRun } from '../../region-run.ts';
import { listOf, textOf } from '../../values.ts';
import { clusterSnapshotAttributes, instanceTags, snapshotAttributes } from './calls.ts';
import { cluster } from './kinds/clusters.ts';
import { instance } from './kinds/instances.ts';
import { clusterSnapshot, snapshot } from './kinds/snapshots.ts';
import { statusFor } from './status.ts';

export async function collectClusters(run: RegionRun): Promise<void> {
  for await (const clusters of run.list(cluster)) {
    for (const answer of clusters) run.add(cluster, answer, { reported: statusFor(run, member(answer, 'Status')) });
  }
}

export async function collectInstances(run: RegionRun): Promise<void> {
  for await (const instances of run.list(instance)) {
    const accesses = await readAccesses(run, instances);
    await forEach(instances, run.client.width(instanceTags.call), (answer) =>
      addInstance(run, answer, accesses.get(answer)),
    );
  }
}

async function addInstance(run: RegionRun, answer: unknown, access: NodeExtras = {}): Promise<void> {
  const status = statusFor(run, member(answer, 'DBInstanceStatus'));
  await addFollowed(run, instance, answer, isTagged(answer) ? [] : [instanceTags], {
    ...access,
    reported: { ...access.reported, ...status },
  });
}

export async function collectSnapshots(run: RegionRun): Promise<void> {
  await collectEach(run, snapshot, (listed) => addFollowed(run, snapshot, listed, [snapshotAttributes]));
}

export async function collectClusterSnapshots(run: RegionRun): Promise<void> {
  await collectEach(run, clusterSnapshot, (listed) =>
    addFollowed(run, clusterSnapshot, listed, [clusterSnapshotAttributes]),
  );
}

function isTagged(answer: unknown): boolean {
  return listOf(member(answer, 'TagList')).length > 0;
}

/** Last use of the instances, by answer: when somebody was connected. */
async function readAccesses(run: RegionRun, instances: readonly unknown[]): Promise<ReadonlyMap<unknown, NodeExtras>> {
  if (instances.length === 0) return new Map();
  try {
    const times = await readLastActivity(run, instances.map(connections));
    return new Map(
      instances.map((answer, index) => [answer, { reported: { atime: times[index], mtime: times[index] } }]),
    );
  } catch (error) {
    run.incomplete(instance, error);
    return new Map(instances.map((answer) => [answer, { missing: ['atime', 'mtime'] }]));
  }
}

function connections(answer: unknown): ActivityQuery {
  return {
    metric: {
      namespace: 'AWS/RDS',
      metric: 'DatabaseConnections',
      unit: 'Count',
      statistic: 'Sum',
      dimensions: { DBInstanceIdentifier: textOf(member(answer, 'DBInstanceIdentifier')) },
    },
    created: member(answer, 'InstanceCreateTime'),
  };
}
