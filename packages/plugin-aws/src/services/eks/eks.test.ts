import { expect, test } from '@jest/globals';

import { testRun, vendorError } from '../../../test/test-run.ts';
import { collectClusters } from './collect.ts';
import { nodegroup } from './kinds.ts';

test('each cluster brings its nodegroups', async () => {
  const { run, sink, asked } = testRun({
    ListClusters: { clusters: ['one'] },
    DescribeCluster: {
      cluster: { name: 'one', arn: 'arn:c', createdAt: new Date('2022-05-31T09:15:16Z'), tags: { owner: 'me' } },
    },
    ListNodegroups: { nodegroups: ['main'] },
    DescribeNodegroup: {
      nodegroup: { nodegroupName: 'main', nodegroupArn: 'arn:n', clusterName: 'one', health: { issues: [] } },
    },
  });

  await collectClusters(run);

  expect(sink.nodes.map(({ reported }) => reported)).toEqual([
    {
      id: 'one',
      name: 'one',
      arn: 'arn:c',
      ctime: '2022-05-31T09:15:16Z',
      tags: { owner: 'me' },
      cluster_encryption_config: [],
    },
    {
      id: 'main',
      name: 'main',
      arn: 'arn:n',
      tags: {},
      cluster_name: 'one',
      group_instance_types: [],
      group_subnets: [],
      group_taints: [],
      group_health: { issues: [] },
    },
  ]);
  expect(asked.map(({ input }) => input)).toEqual([
    {},
    { name: 'one' },
    { clusterName: 'one' },
    { clusterName: 'one', nodegroupName: 'main' },
  ]);
});

test('a cluster that is gone by now is left out', async () => {
  const { run, sink, asked } = testRun({
    ListClusters: { clusters: ['one'] },
    DescribeCluster: vendorError('ResourceNotFoundException', 404),
  });

  await collectClusters(run);

  expect(sink.nodes).toEqual([]);
  expect(asked.map(({ call }) => call)).toEqual(['ListClusters', 'DescribeCluster']);
});

test('a nodegroup that may not be looked at keeps no other back', async () => {
  const { run, sink } = testRun({
    ListClusters: { clusters: ['one'] },
    DescribeCluster: { cluster: { name: 'one' } },
    ListNodegroups: { nodegroups: ['secret', 'main'] },
    DescribeNodegroup: ({ nodegroupName }: { nodegroupName: string }) =>
      nodegroupName === 'main' ? { nodegroup: { nodegroupName } } : vendorError('AccessDeniedException', 403),
  });

  const collected = collectClusters(run);

  await expect(collected).rejects.toMatchObject({ facts: { permission: 'eks:DescribeNodegroup' } });
  expect(sink.nodes.map(({ reported }) => reported['id'])).toEqual(['one', 'main']);
});

test('a nodegroup refers to its cluster and to its groups of instances', () => {
  const found = nodegroup.references.map(({ read }) =>
    read({ clusterName: 'one', resources: { autoScalingGroups: [{ name: 'a' }, { name: 'b' }] } }),
  );

  expect(found).toEqual(['one', ['a', 'b']]);
});
