import { describe, expect, test } from '@jest/globals';

import { testRun, vendorError } from '../../../test/test-run.ts';
import { collectAlarms, collectMetricFilters } from './collect.ts';
import { alarm, logGroup, metricFilter } from './kinds.ts';

const cpu = {
  AlarmName: 'cpu',
  AlarmArn: 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:cpu',
  AlarmConfigurationUpdatedTimestamp: new Date('2020-01-27T17:41:13.999Z'),
  Namespace: 'AWS/EC2',
  MetricName: 'CPUUtilization',
  Dimensions: [{ Name: 'InstanceId', Value: 'i-1' }],
  Threshold: 0.99,
};
const errors = { ...cpu, AlarmName: 'errors', AlarmArn: 'arn:errors', Namespace: 'App', MetricName: 'Errors' };

const filter = {
  filterName: 'find errors',
  logGroupName: '/app',
  filterPattern: 'ERROR',
  creationTime: 1_675_676_405_516,
  metricTransformations: [{ metricNamespace: 'App', metricName: 'Errors', metricValue: '1', defaultValue: 0.5 }],
};

describe('alarms', () => {
  test('have their tags', async () => {
    const { run, sink, asked } = testRun({
      DescribeAlarms: { MetricAlarms: [cpu] },
      ListTagsForResource: { Tags: [{ Key: 'owner', Value: 'me' }] },
    });

    await collectAlarms(run);

    expect(sink.nodes[0]).toMatchObject({
      reported: {
        id: 'cpu',
        arn: cpu.AlarmArn,
        tags: { owner: 'me' },
        mtime: '2020-01-27T17:41:13Z',
        cloudwatch_dimensions: [{ name: 'InstanceId', value: 'i-1' }],
        cloudwatch_threshold: 0.99,
      },
    });
    expect(asked).toEqual([
      { call: 'DescribeAlarms', input: { MaxRecords: 100 } },
      { call: 'ListTagsForResource', input: { ResourceARN: cpu.AlarmArn } },
    ]);
  });

  test('keep their tags when these are denied', async () => {
    const { run, sink } = testRun({
      DescribeAlarms: { MetricAlarms: [cpu] },
      ListTagsForResource: vendorError('AccessDenied', 403),
    });

    await collectAlarms(run);

    expect(sink.nodes[0]?.missing).toEqual(['tags']);
  });

  test.each([
    ['AWS/EC2', 'InstanceId', 'i-1', ['aws_ec2_instance', 'i-1']],
    ['AWS/EBS', 'VolumeId', 'vol-1', ['aws_ec2_volume', 'vol-1']],
    ['AWS/AutoScaling', 'AutoScalingGroupName', 'workers', ['aws_autoscaling_group', 'workers']],
    ['AWS/ELB', 'LoadBalancerName', 'web', ['aws_elb', 'web']],
    ['AWS/NetworkELB', 'LoadBalancer', 'net/api/50dc6c495c0c9188', ['aws_alb', 'api']],
    ['AWS/SQS', 'QueueName', 'jobs', ['aws_sqs_queue', 'jobs']],
  ])('of %s refer to what their %s names', (Namespace, Name, Value, expected) => {
    const answer = {
      ...cpu,
      Namespace,
      Dimensions: [
        { Name: 'Other', Value: 'x' },
        { Name, Value },
      ],
    };

    const found = alarm.references.map(({ to, read }) => [to, read(answer)]);

    expect(found.filter(([, value]) => value !== undefined)).toEqual([expected]);
  });

  test('of metrics nobody knows refer to nothing', () => {
    const answer = { ...cpu, Namespace: 'App' };

    expect(alarm.references.map(({ read }) => read(answer)).filter((value) => value !== undefined)).toEqual([]);
  });
});

describe('metric filters', () => {
  test('have an edge to each alarm that watches their metric', async () => {
    const { run, sink, asked } = testRun({
      DescribeAlarms: { MetricAlarms: [cpu, errors, { ...errors, AlarmName: 'many errors' }] },
      DescribeMetricFilters: { metricFilters: [filter, { ...filter, filterName: 'other', metricTransformations: [] }] },
    });

    await Promise.all([run.once(collectAlarms), collectMetricFilters(run)]);

    expect(sink.of('aws_cloudwatch_metric_filter')[0]?.reported).toMatchObject({
      id: 'find errors',
      arn: 'arn:aws:logs:us-east-1:123456789012:metric-filter/find errors',
      ctime: '2023-02-06T09:40:05Z',
      filter_transformations: [{ metric_namespace: 'App', metric_name: 'Errors', default_value: 0.5 }],
    });
    expect(sink.edges.toSorted()).toEqual(['find errors default errors', 'find errors default many errors']);
    expect(asked.filter(({ call }) => call === 'DescribeAlarms')).toHaveLength(1);
  });

  test('are there when alarms are denied, and say that something is missing', async () => {
    const { run, sink, problems } = testRun({
      DescribeAlarms: vendorError('AccessDenied', 403),
      DescribeMetricFilters: { metricFilters: [filter] },
    });

    await collectMetricFilters(run);

    expect(sink.nodes).toHaveLength(1);
    expect(problems).toEqual([expect.objectContaining({ code: 'missing_permission' })]);
  });

  test('are below their log group', () => {
    expect(metricFilter.references.map(({ to, read, ...edges }) => [to, read(filter), edges])).toEqual([
      ['aws_cloudwatch_log_group', '/app', { by: 'name', default: 'in', delete: 'out' }],
    ]);
  });
});

test('log groups are listed with their age and refer to their key', async () => {
  const listed = {
    logGroupName: '/app',
    arn: 'arn:aws:logs:us-east-1:123456789012:log-group:/app:*',
    creationTime: 1_675_352_658_949,
    storedBytes: 3331,
    kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/1234',
  };
  const { run, sink } = testRun({
    DescribeLogGroups: ({ nextToken }: { nextToken?: string }) =>
      nextToken === undefined ? { logGroups: [listed], nextToken: 'more' } : { logGroups: [{ logGroupName: '/b' }] },
  });

  await run.collectList(logGroup);

  expect(sink.nodes.map(({ reported }) => reported)).toMatchObject([
    { id: '/app', name: '/app', arn: listed.arn, ctime: '2023-02-02T15:44:18Z', group_stored_bytes: 3331 },
    { id: '/b', arn: 'arn:aws:logs:us-east-1:123456789012:log-group//b' },
  ]);
  expect(logGroup.references.map(({ read }) => read(listed))).toEqual(['1234']);
});
