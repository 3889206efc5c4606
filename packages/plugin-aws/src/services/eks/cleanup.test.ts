import { describe, expect, test } from '@jest/globals';

import { signal, stored, testChanges } from '../../../test/test-changes.ts';
import { vendorError } from '../../../test/test-run.ts';
import { cluster, nodegroup } from './kinds.ts';

const pool = stored(nodegroup, { id: 'pool', name: 'pool', cluster_name: 'prod' });
const prod = stored(cluster, { id: 'prod', name: 'prod' });

test('a nodegroup is named with its cluster', async () => {
  const { account, asked } = testChanges({});

  expect(await account.delete([pool], signal)).toEqual(['requested']);
  expect(asked).toEqual([{ call: 'DeleteNodegroup', input: { clusterName: 'prod', nodegroupName: 'pool' } }]);
});

test('a nodegroup that EKS could not delete says why', async () => {
  const health = { issues: [{ code: 'Ec2SecurityGroupDeletionFailure', message: 'the group is in use' }] };
  const { account } = testChanges({ DescribeNodegroup: { nodegroup: { status: 'DELETE_FAILED', health } } });

  const message = expect.stringContaining('the group is in use');
  expect(await account.exists([pool], signal)).toEqual([{ error: expect.objectContaining({ message }) }]);
});

test.each([
  ['DELETING', ['requested']],
  ['ACTIVE', 'resource_in_use'],
])('the deletion of a cluster that is refused in state %s ends with %s', async (status, outcome) => {
  const { account } = testChanges({
    DeleteCluster: vendorError('ResourceInUseException', 409),
    DescribeCluster: { cluster: { status } },
  });

  const ended = account.delete([prod], signal).catch(({ code }: { code: string }) => code);
  expect(await ended).toEqual(outcome);
});

describe('a cluster', () => {
  const fargate = { ListFargateProfiles: { fargateProfileNames: ['batch'] } };

  test('with something to run on is refused, and says what that is', async () => {
    const { account } = testChanges({
      ...fargate,
      ListNodegroups: { nodegroups: ['pool'] },
      DescribeNodegroup: { nodegroup: { status: 'ACTIVE' } },
      DescribeFargateProfile: { fargateProfile: { status: 'ACTIVE' } },
    });

    expect(await account.prepare?.([prod], signal)).toEqual([
      { refused: 'it still has nodegroup pool, Fargate profile batch, and goes only without' },
    ]);
  });

  test('waits for what is being deleted', async () => {
    const { account } = testChanges({
      ...fargate,
      DescribeFargateProfile: { fargateProfile: { status: 'DELETING' } },
    });

    expect(await account.prepare?.([prod], signal)).toEqual(['done']);
  });

  test('is tried to be deleted without the permission to look', async () => {
    const { account } = testChanges({
      ListNodegroups: vendorError('AccessDeniedException', 403),
      ListFargateProfiles: vendorError('AccessDeniedException', 403),
    });

    expect(await account.prepare?.([prod], signal)).toEqual(['done']);
  });
});
