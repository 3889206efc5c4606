import { expect, test } from '@jest/globals';

import { testRun, vendorError } from '../../../test/test-run.ts';
import { collectLoadBalancers } from './collect.ts';
import { loadBalancer } from './kinds.ts';

const listed = {
  LoadBalancerName: 'web',
  DNSName: 'web.us-east-1.elb.amazonaws.com',
  CreatedTime: new Date('2018-05-08T06:58:59.123Z'),
  VPCId: 'vpc-1',
  Subnets: ['subnet-1', 'subnet-2'],
  SecurityGroups: ['sg-1'],
  Instances: [{ InstanceId: 'i-1' }, { InstanceId: 'i-2' }],
};
const list = { LoadBalancerDescriptions: [listed] };
const quiet = { config: { collect_usage_metrics: false } };

test('a load balancer has its tags, attributes and backends', async () => {
  const { run, sink, asked } = testRun(
    {
      DescribeLoadBalancers: list,
      DescribeTags: { TagDescriptions: [{ LoadBalancerName: 'web', Tags: [{ Key: 'owner', Value: 'me' }] }] },
      DescribeLoadBalancerAttributes: {
        LoadBalancerAttributes: {
          CrossZoneLoadBalancing: { Enabled: true },
          AccessLog: { Enabled: true, S3BucketName: 'logs' },
          ConnectionSettings: { IdleTimeout: 60 },
        },
      },
    },
    quiet,
  );

  await collectLoadBalancers(run);

  expect(sink.nodes[0]?.reported).toMatchObject({
    id: 'web.us-east-1.elb.amazonaws.com',
    name: 'web',
    arn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/web.us-east-1.elb.amazonaws.com',
    ctime: '2018-05-08T06:58:59Z',
    lb_type: 'elb',
    tags: { owner: 'me' },
    backends: ['i-1', 'i-2'],
    elb_attributes: {
      cross_zone_load_balancing: true,
      access_log: { enabled: true, s3_bucket_name: 'logs' },
      connection_settings: 60,
      additional_attributes: [],
    },
  });
  expect(asked.slice(1)).toEqual([
    { call: 'DescribeTags', input: { LoadBalancerNames: ['web'] } },
    { call: 'DescribeLoadBalancerAttributes', input: { LoadBalancerName: 'web' } },
  ]);
});

test('all pages of load balancers are read', async () => {
  const { run, sink } = testRun(
    {
      DescribeLoadBalancers: ({ Marker }: { Marker?: string }) =>
        Marker === undefined
          ? { ...list, NextMarker: 'more' }
          : { LoadBalancerDescriptions: [{ ...listed, DNSName: `${Marker}.example.com` }] },
    },
    quiet,
  );

  await collectLoadBalancers(run);

  expect(sink.nodes.map(({ reported }) => reported['id'])).toEqual([listed.DNSName, 'more.example.com']);
});

test('a load balancer that is deleted meanwhile has no tags, a denied one keeps them', async () => {
  const { run, sink, problems } = testRun(
    {
      DescribeLoadBalancers: list,
      DescribeTags: vendorError('LoadBalancerNotFound'),
      DescribeLoadBalancerAttributes: vendorError('AccessDenied', 403),
    },
    quiet,
  );

  await collectLoadBalancers(run);

  expect(sink.nodes[0]?.reported).toMatchObject({ tags: {} });
  expect(sink.nodes[0]?.missing).toEqual(['elb_attributes']);
  expect(problems).toEqual([expect.objectContaining({ code: 'missing_permission' })]);
});

test('usage of all load balancers of a page is asked for at once', async () => {
  const { run, sink, asked } = testRun({
    DescribeLoadBalancers: {
      LoadBalancerDescriptions: [listed, { ...listed, LoadBalancerName: 'db', DNSName: 'db.example.com' }],
    },
    GetMetricData: ({ MetricDataQueries: queries }: { MetricDataQueries: { Id: string }[] }) => ({
      MetricDataResults: queries.map(({ Id }, index) => ({ Id, Values: [index], Timestamps: [new Date()] })),
    }),
  });

  await collectLoadBalancers(run);

  expect(asked.filter(({ call }) => call === 'GetMetricData')).toHaveLength(1);
  expect(sink.nodes.map(({ usage }) => [usage?.['request_count'], usage?.['latency_seconds']])).toEqual([
    [{ sum: 0 }, { min: 7, avg: 8, max: 9 }],
    [{ sum: 11 }, { min: 18, avg: 19, max: 20 }],
  ]);
});

test('a load balancer stands between its network and its instances', () => {
  const found = loadBalancer.references.map(({ to, read }) => [to, read(listed)]);

  expect(found).toEqual([
    ['aws_vpc', 'vpc-1'],
    ['aws_ec2_subnet', ['subnet-1', 'subnet-2']],
    ['aws_ec2_security_group', ['sg-1']],
    ['aws_ec2_instance', ['i-1', 'i-2']],
  ]);
});
