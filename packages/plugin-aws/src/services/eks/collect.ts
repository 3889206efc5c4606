import { member } from '@resoto/worker-core/plugin';

import { collectEach } from '../../collect-each.ts';
import type { RegionRun } from '../../region-run.ts';
import { calls } from './calls.ts';
import { cluster, nodegroup } from './kinds.ts';

export async function collectClusters(run: RegionRun): Promise<void> {
  await collectEach(run, cluster, (name) => addCluster(run, name));
}

async function addCluster(run: RegionRun, name: unknown): Promise<void> {
  const described = member(await run.client.read(calls.describeCluster, { name }), 'cluster');
  if (described === undefined) return;
  run.add(cluster, described);
  const ofCluster = { clusterName: name };
  await collectEach(run, nodegroup, (nodegroupName) => addNodegroup(run, { ...ofCluster, nodegroupName }), ofCluster);
}

async function addNodegroup(run: RegionRun, input: object): Promise<void> {
  const described = member(await run.client.read(calls.describeNodegroup, input), 'nodegroup');
  if (described !== undefined) run.add(nodegroup, described);
}
