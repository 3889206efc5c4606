import { describe, expect, test } from '@jest/globals';

import { testRun, vendorError } from '../../../test/test-run.ts';
import { collectLoadBalancers, collectTargetGroups } from './collect.ts';
import { loadBalancer, targetGroup } from './kinds.ts';

const prefix = 'arn:aws:elasticloadbalancing:us-east-1:123456789012';
const webArn = `${prefix}:loadbalancer/app/web/1`;
const apiArn = `${prefix}:loadbalancer/net/api/2`;
const groupArn = `${prefix}:targetgroup/blue/3`;

const web = {
  LoadBalancerArn: webArn,
  LoadBalancerName: 'web',
  CreatedTime: new Date('2020-12-03T13:51:36.442Z'),
  VpcId: 'vpc-1',
  SecurityGroups: ['sg-1'],
  AvailabilityZones: [
    { SubnetId: 'subnet-1', LoadBalancerAddresses: [{ IpAddress: '1.2.3.4' }] },
    { SubnetId: 'subnet-2', LoadBalancerAddresses: [{ IpAddress: '2.3.4.5' }] },
  ],
};
const api = { LoadBalancerArn: apiArn, LoadBalancerName: 'api' };
const blue = {
  TargetGroupArn: groupArn,
  TargetGroupName: 'blue',
  TargetType: 'instance',
  LoadBalancerArns: [webArn],
  VpcId: 'vpc-1',
};
const green = { ...blue, TargetGroupArn: `${prefix}:targetgroup/green/4`, TargetGroupName: 'green' };

const quiet = { config: { collect_usage_metrics: false } };

function health(...ids: string[]) {
  return {
    TargetHealthDescriptions: ids.map((Id) => ({ Target: { Id, Port: 80 }, TargetHealth: { State: 'healthy' } })),
  };
}

const answers = {
  DescribeLoadBalancers: { LoadBalancers: [web, api] },
  DescribeTargetGroups: { TargetGroups: [blue, green] },
  DescribeTargetHealth: ({ TargetGroupArn }: { TargetGroupArn: string }) =>
    TargetGroupArn === groupArn ? health('i-1') : health('i-2', 'i-3'),
  DescribeTags: ({ ResourceArns: [arn] }: { ResourceArns: string[] }) => ({
    TagDescriptions: [{ ResourceArn: arn, Tags: [{ Key: 'of', Value: arn }] }],
  }),
};

describe('load balancers', () => {
  test('have the targets of their groups as backends, in the order of the groups', async () => {
    const { run, sink } = testRun(answers, quiet);

    await collectLoadBalancers(run);

    expect(sink.of('aws_alb').map(({ reported }) => reported)).toMatchObject([
      {
        id: 'web',
        arn: webArn,
        ctime: '2020-12-03T13:51:36Z',
        lb_type: 'alb',
        public_ip_address: '1.2.3.4',
        tags: { of: webArn },
        backends: ['i-1', 'i-2', 'i-3'],
      },
      { id: 'api', backends: [] },
    ]);
  });

  test('have all pages of their listeners', async () => {
    const { run, sink } = testRun(
      {
        ...answers,
        DescribeListeners: ({ LoadBalancerArn, Marker }: { LoadBalancerArn: string; Marker?: string }) => ({
          Listeners: [{ LoadBalancerArn, Port: Marker === undefined ? 80 : 443 }],
          NextMarker: Marker === undefined ? 'more' : undefined,
        }),
      },
      quiet,
    );

    await collectLoadBalancers(run);

    expect(sink.of('aws_alb')[0]?.reported['alb_listener']).toMatchObject([
      { load_balancer_arn: webArn, port: 80 },
      { load_balancer_arn: webArn, port: 443 },
    ]);
  });

  test.each([
    ['target groups', 'DescribeTargetGroups', [['backends'], ['backends']]],
    ['targets of a group', 'DescribeTargetHealth', [['backends'], undefined]],
  ])('keep their backends when the %s are denied', async (_what, call, missing) => {
    const { run, sink } = testRun({ ...answers, [call]: vendorError('AccessDenied', 403) }, quiet);

    await collectLoadBalancers(run);

    expect(sink.of('aws_alb').map((node) => node.missing)).toEqual(missing);
  });

  test('have no backends when target groups are not collected', async () => {
    const { run, sink, asked } = testRun(answers, {
      config: { ...quiet.config, no_collect: ['aws_alb_target_group'] },
    });

    await collectLoadBalancers(run);

    expect(sink.of('aws_alb')[0]?.reported).toMatchObject({ backends: [] });
    expect(asked.map(({ call }) => call)).not.toContain('DescribeTargetGroups');
  });

  test('refer to their network', () => {
    expect(loadBalancer.references.map(({ to, read }) => [to, read(web)])).toEqual([
      ['aws_vpc', 'vpc-1'],
      ['aws_ec2_subnet', ['subnet-1', 'subnet-2']],
      ['aws_ec2_security_group', ['sg-1']],
    ]);
  });
});

describe('target groups', () => {
  test('are collected once for themselves and the load balancers', async () => {
    const { run, sink, asked } = testRun(answers, quiet);

    await Promise.all([run.once(collectTargetGroups), collectLoadBalancers(run)]);

    expect(asked.filter(({ call }) => call === 'DescribeTargetGroups')).toHaveLength(1);
    expect(sink.of('aws_alb_target_group').map(({ reported }) => reported)).toMatchObject([
      {
        id: 'blue',
        arn: groupArn,
        tags: { of: groupArn },
        alb_lb_arns: [webArn],
        alb_target_health: [{ target: { id: 'i-1', port: 80 }, target_health: { state: 'healthy' } }],
      },
      { id: 'green' },
    ]);
  });

  test('refer to their load balancers and to instances that these use', () => {
    const read = (answer: object) => targetGroup.references.map((reference) => reference.read(answer));

    expect(read({ ...blue, health: health('i-1') })).toEqual(['vpc-1', [webArn], ['i-1']]);
    expect(read({ ...blue, TargetType: 'ip', health: health('10.0.0.1') })).toEqual(['vpc-1', [webArn], undefined]);
    expect(read({ ...blue, LoadBalancerArns: [], health: health('i-1') })).toEqual(['vpc-1', [], undefined]);
  });

  test('have usage as far as they have a load balancer', async () => {
    const { run, sink, asked } = testRun({
      ...answers,
      DescribeTargetGroups: { TargetGroups: [blue, { ...green, LoadBalancerArns: [] }] },
      GetMetricData: ({ MetricDataQueries: queries }: { MetricDataQueries: { Id: string }[] }) => ({
        MetricDataResults: queries.map(({ Id }) => ({ Id, Values: [5], Timestamps: [new Date()] })),
      }),
    });

    await collectTargetGroups(run);

    const [first, second] = sink.of('aws_alb_target_group');
    expect(first?.usage).toMatchObject({ request_count: { sum: 5 }, latency_seconds: { min: 5, avg: 5, max: 5 } });
    expect(second?.usage).toBeUndefined();
    expect(asked.find(({ call }) => call === 'GetMetricData')?.input).toMatchObject({
      MetricDataQueries: expect.arrayContaining([
        expect.objectContaining({
          MetricStat: expect.objectContaining({
            Metric: {
              Namespace: 'AWS/ApplicationELB',
              MetricName: 'RequestCount',
              Dimensions: [
                { Name: 'LoadBalancer', Value: 'app/web/1' },
                { Name: 'TargetGroup', Value: 'targetgroup/blue/3' },
              ],
            },
          }),
        }),
      ]),
    });
  });
});
