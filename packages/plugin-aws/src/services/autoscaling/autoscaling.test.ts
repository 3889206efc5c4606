import { expect, test } from '@jest/globals';

import { testRun } from '../../../test/test-run.ts';
import { group } from './kinds.ts';

const listed = {
  AutoScalingGroupName: 'workers',
  AutoScalingGroupARN: 'arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/workers',
  MinSize: 1,
  MaxSize: 4,
  DesiredCapacity: 2,
  CreatedTime: new Date('2021-07-06T12:00:00.500Z'),
  Instances: [{ InstanceId: 'i-1' }, { InstanceId: 'i-2' }],
  Tags: [{ Key: 'owner', Value: 'me', ResourceId: 'workers', PropagateAtLaunch: true }],
  WarmPoolConfiguration: { InstanceReusePolicy: { ReuseOnScaleIn: true } },
};

test('a group is listed with its size, tags and instances', async () => {
  const { run, sink, asked } = testRun({ DescribeAutoScalingGroups: { AutoScalingGroups: [listed] } });

  await run.collectList(group);

  expect(asked).toEqual([{ call: 'DescribeAutoScalingGroups', input: { MaxRecords: 100 } }]);
  expect(sink.nodes[0]).toMatchObject({
    reported: {
      id: 'workers',
      name: 'workers',
      arn: listed.AutoScalingGroupARN,
      ctime: '2021-07-06T12:00:00Z',
      tags: { owner: 'me' },
      min_size: 1,
      max_size: 4,
      autoscaling_instances: [{ instance_id: 'i-1' }, { instance_id: 'i-2' }],
      autoscaling_warm_pool_configuration: { instance_reuse_policy: true },
    },
    metadata: {
      provider_link: 'https://us-east-1.console.aws.amazon.com/awsautoscaling/home?region=us-east-1#dashboard/workers',
    },
  });
});

test.each([
  ['its launch template', { LaunchTemplate: { LaunchTemplateId: 'lt-1' } }, 'lt-1'],
  [
    'the launch template of its mix of instances',
    { MixedInstancesPolicy: { LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: 'lt-2' } } } },
    'lt-2',
  ],
  ['no launch template when it has a launch configuration', { LaunchConfigurationName: 'old' }, undefined],
])('a group refers to its instances and to %s', (_what, settings, template) => {
  const found = group.references.map(({ to, read }) => [to, read({ ...listed, ...settings })]);

  expect(found).toEqual([
    ['aws_ec2_instance', ['i-1', 'i-2']],
    ['aws_ec2_launch_template', template],
  ]);
});
