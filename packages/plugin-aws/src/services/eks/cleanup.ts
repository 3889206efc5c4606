/** How clusters and nodegroups are deleted. What a cluster runs on has to be gone before it, and Fargate profiles are no nodes. */
import { errorCode, path, ProviderError } from '@resoto/worker-core/plugin';
import type { CleanupResource, PrepareResult } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../../call.ts';
import { oneByOne } from '../../changes/cleanup-calls.ts';
import type { CleanupDeclaration } from '../../changes/cleanup-calls.ts';
import { lookEach } from '../../changes/look-each.ts';
import { textIn } from '../../changes/named-by.ts';
import type { Call } from '../../service.ts';
import { listOf, textOf } from '../../values.ts';
import { calls } from './calls.ts';
import { eks } from './client.ts';

const gone = { expected: calls.describeCluster.expected };
const patience = 3600;

export const clusterCleanup: CleanupDeclaration = {
  delete: eks.change('DeleteCluster', gone),
  input: { name: 'name' },
  later: true,
  exists: lookEach(calls.describeCluster, { name: 'name' }),
  underway: { call: calls.describeCluster, by: { name: 'name' }, status: 'cluster.status', is: 'DELETING' },
  prepare: {
    calls: [
      ...[calls.listNodegroups, calls.describeNodegroup],
      ...[calls.listFargateProfiles, calls.describeFargateProfile],
    ],
    run: oneByOne(lookForCapacity),
  },
  patience,
};

/** Something a cluster runs on: how it is listed and described. */
interface Capacity {
  readonly what: string;
  readonly list: Call;
  readonly items: string;
  readonly describe: Call;
  /** Member of the input that takes the name. */
  readonly name: string;
  readonly status: string;
}

const capacities: readonly Capacity[] = [
  {
    what: 'nodegroup',
    list: calls.listNodegroups,
    items: 'nodegroups',
    describe: calls.describeNodegroup,
    name: 'nodegroupName',
    status: 'nodegroup.status',
  },
  {
    what: 'Fargate profile',
    list: calls.listFargateProfiles,
    items: 'fargateProfileNames',
    describe: calls.describeFargateProfile,
    name: 'fargateProfileName',
    status: 'fargateProfile.status',
  },
];

/** EKS would refuse again and again, and would not say what is in the way. Changes nothing. */
async function lookForCapacity(client: WriteClient, cluster: CleanupResource): Promise<PrepareResult> {
  const clusterName = textIn(cluster, 'name');
  const found: string[] = [];
  for (const capacity of capacities) found.push(...(await remaining(client, clusterName, capacity)));
  if (found.length === 0) return 'done';
  return { refused: `it still has ${found.join(', ')}, and goes only without` };
}

async function remaining(client: WriteClient, clusterName: string, capacity: Capacity): Promise<string[]> {
  const { what, list, items, describe, name, status } = capacity;
  const [itemsIn, statusIn] = [path(items), path(status)];
  const found: string[] = [];
  try {
    for await (const page of client.pages(list, { clusterName })) {
      for (const item of listOf(itemsIn(page))) {
        const described = await client.read(describe, { clusterName, [name]: item });
        if (described !== undefined && statusIn(described) !== 'DELETING') found.push(`${what} ${textOf(item)}`);
      }
    }
  } catch (error) {
    // Without the permission to look, the deletion is tried all the same.
    if (errorCode(error) !== 'missing_permission') throw error;
  }
  return found;
}

const ofCluster = { clusterName: 'cluster_name', nodegroupName: 'name' };

export const nodegroupCleanup: CleanupDeclaration = {
  delete: eks.change('DeleteNodegroup', gone),
  input: ofCluster,
  later: true,
  exists: lookEach(calls.describeNodegroup, ofCluster, { isThere }),
  underway: { call: calls.describeNodegroup, by: ofCluster, status: 'nodegroup.status', is: 'DELETING' },
  patience,
};

const status = path('nodegroup.status');
const firstIssue = path('nodegroup.health.issues[0].message');

/** @throws ProviderError `deletion_failed` when the vendor has given up */
function isThere(answer: object, { reported }: CleanupResource): boolean {
  if (status(answer) !== 'DELETE_FAILED') return true;
  const text = `EKS could not delete nodegroup ${textOf(reported['name'])}: ${textOf(firstIssue(answer))}`;
  throw new ProviderError(text, { code: 'deletion_failed' });
}
