import { path, ProviderError } from '@resoto/worker-core/plugin';
import type { CleanupResource } from '@resoto/worker-core/plugin';

import type { CleanupDeclaration } from '../../changes/cleanup-calls.ts';
import { lookEach } from '../../changes/look-each.ts';
import { textOf } from '../../values.ts';
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
  patience,
};

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
