import { describe, expect, test } from '@jest/globals';

import { testRun, vendorError } from '../../../test/test-run.ts';
import { collectInstances } from './instances.ts';
import { flowLog } from './kinds/security.ts';
import { elasticIp } from './kinds/network-interfaces.ts';
import { vpc } from './kinds/vpcs.ts';
import { collectVolumes } from './volumes.ts';

const quiet = { collect_usage_metrics: false };

const instance = {
  InstanceId: 'i-1',
  InstanceType: 'm4.large',
  State: { Code: 16, Name: 'running' },
  LaunchTime: new Date('2022-08-26T10:31:38.123Z'),
  CpuOptions: { CoreCount: 1 },
  Tags: [{ Key: 'Name', Value: 'web' }],
};

const type = {
  InstanceType: 'm4.large',
  VCpuInfo: { DefaultVCpus: 2 },
  MemoryInfo: { SizeInMiB: 8192 },
  ProcessorInfo: { SupportedArchitectures: ['x86_64'] },
};

function reservations(...instances: object[]) {
  return { Reservations: instances.map((each) => ({ Instances: [each] })) };
}

describe('instances', () => {
  test('have the cores and memory of their type, and an edge from it', async () => {
    const { run, sink } = testRun(
      { DescribeInstances: reservations(instance), DescribeInstanceTypes: { InstanceTypes: [type] } },
      { config: quiet },
    );

    await collectInstances(run);

    expect(sink.of('aws_ec2_instance')[0]?.reported).toMatchObject({
      id: 'i-1',
      name: 'web',
      arn: 'arn:aws:ec2:us-east-1:123456789012:instance/i-1',
      ctime: '2022-08-26T10:31:38Z',
      instance_status: 'running',
      instance_cores: 2,
      instance_memory: 8,
    });
    expect(sink.edges).toEqual(['m4.large default i-1']);
  });

  test('are listed with a page size, and only the types in use are asked for', async () => {
    const { run, asked } = testRun(
      { DescribeInstances: reservations(instance, { ...instance, InstanceId: 'i-2' }), DescribeInstanceTypes: {} },
      { config: quiet },
    );

    await collectInstances(run);

    expect(asked.filter(({ call }) => call !== 'DescribeInstanceAttribute')).toEqual([
      { call: 'DescribeInstances', input: { MaxResults: 1000 } },
      { call: 'DescribeInstanceTypes', input: { Filters: [{ Name: 'instance-type', Values: ['m4.large'] }] } },
    ]);
  });

  test('know prices and names of their types from the table', async () => {
    const { run, sink } = testRun(
      { DescribeInstances: reservations(instance), DescribeInstanceTypes: { InstanceTypes: [type] } },
      { config: quiet },
    );

    await collectInstances(run);

    expect(sink.of('aws_ec2_instance_type')[0]?.reported).toMatchObject({
      arn: 'arn:aws:ec2:global:123456789012:instance/m4.large',
      pretty_name: 'M4 General Purpose Large',
      ecu: 6.5,
      ondemand_cost: 0.1,
      instance_type_processor_info: {
        physical_processor: 'Intel Xeon E5-2676 v3 (Haswell)',
        supported_architectures: ['x86_64'],
      },
    });
  });

  test('keep what was known of cores and memory when the types are denied', async () => {
    const { run, sink, failed } = testRun(
      { DescribeInstances: reservations(instance), DescribeInstanceTypes: vendorError('UnauthorizedOperation', 403) },
      { config: quiet },
    );

    await collectInstances(run);

    const [node] = sink.of('aws_ec2_instance');
    expect(node?.missing).toEqual(['instance_cores', 'instance_memory']);
    expect(node?.reported).not.toHaveProperty('instance_memory');
    expect(failed).toEqual(['aws_ec2_instance_type']);
  });

  test('have their user data as text, if it is text', async () => {
    const texts: Record<string, string> = {
      'i-1': Buffer.from('#!/bin/sh\n').toString('base64'),
      'i-2': Buffer.from([0x1f, 0x8b, 0xff]).toString('base64'),
    };
    const { run, sink } = testRun(
      {
        DescribeInstances: reservations(instance, { ...instance, InstanceId: 'i-2' }),
        DescribeInstanceAttribute: ({ InstanceId }: { InstanceId: string }) => ({
          UserData: { Value: texts[InstanceId] },
        }),
      },
      { config: quiet },
    );

    await collectInstances(run);

    expect(sink.of('aws_ec2_instance').map(({ reported }) => reported['instance_user_data'])).toEqual([
      '#!/bin/sh\n',
      undefined,
    ]);
  });

  test('name the user data as missing when it is denied', async () => {
    const { run, sink, problems } = testRun(
      {
        DescribeInstances: reservations(instance),
        DescribeInstanceAttribute: vendorError('UnauthorizedOperation', 403),
      },
      { config: quiet },
    );

    await collectInstances(run);

    expect(sink.of('aws_ec2_instance')[0]?.missing).toEqual(['instance_user_data']);
    expect(problems).toEqual([expect.objectContaining({ code: 'missing_permission' })]);
  });

  test('are not asked for their user data when that is switched off', async () => {
    const { run, asked } = testRun(
      { DescribeInstances: reservations(instance) },
      { config: { ...quiet, collect_user_data: false } },
    );

    await collectInstances(run);

    expect(asked.map(({ call }) => call)).not.toContain('DescribeInstanceAttribute');
  });

  test('report the usage of those that run', async () => {
    const { run, sink } = testRun({
      DescribeInstances: reservations(instance, { ...instance, InstanceId: 'i-2', State: { Name: 'stopped' } }),
      GetMetricData: ({ MetricDataQueries: queries }: { MetricDataQueries: { Id: string }[] }) => ({
        MetricDataResults: queries.map(({ Id }, index) => ({
          Id,
          Values: [index + 0.12345],
          Timestamps: [new Date()],
        })),
      }),
    });

    await collectInstances(run);

    const [running, stopped] = sink.of('aws_ec2_instance');
    expect(running?.usage).toMatchObject({
      cpu_utilization: { min: 0.123, avg: 1.123, max: 2.123 },
      network_in: { sum: 3.12345 },
    });
    expect(stopped?.usage).toBeUndefined();
  });
});

describe('volumes', () => {
  const volume = {
    VolumeId: 'vol-1',
    VolumeType: 'gp3',
    State: 'available',
    CreateTime: new Date('2020-01-02T03:04:05Z'),
  };
  const product = JSON.stringify({
    terms: { OnDemand: { a: { priceDimensions: { b: { pricePerUnit: { USD: '0.0950000000' } } } } } },
  });

  test('bring the node of their type with its price', async () => {
    const { run, sink, asked } = testRun(
      { DescribeVolumes: { Volumes: [volume] }, GetProducts: { PriceList: [product] } },
      { config: quiet },
    );

    await collectVolumes(run);

    expect(sink.of('aws_ec2_volume_type')[0]?.reported).toMatchObject({
      id: 'gp3',
      volume_type: 'gp3',
      ondemand_cost: 0.095,
    });
    expect(sink.edges).toEqual(['gp3 default vol-1']);
    expect(asked.find(({ call }) => call === 'GetProducts')?.input).toMatchObject({
      Filters: [
        { Type: 'TERM_MATCH', Field: 'volumeType', Value: 'General Purpose' },
        { Type: 'TERM_MATCH', Field: 'volumeApiName', Value: 'gp3' },
        { Type: 'TERM_MATCH', Field: 'location', Value: 'US East (N. Virginia)' },
      ],
    });
  });

  test('that are in use are accessed now', async () => {
    const { run, sink } = testRun(
      { DescribeVolumes: { Volumes: [{ ...volume, State: 'in-use' }] } },
      { config: quiet },
    );

    await collectVolumes(run);

    const { atime, mtime } = sink.of('aws_ec2_volume')[0]?.reported ?? {};
    expect([atime, mtime]).toEqual(['2026-06-01T00:00:00Z', '2026-06-01T00:00:00Z']);
  });

  test('that are free were accessed when their metrics were last not zero', async () => {
    const times = ['2026-01-03T00:00:00Z', '2026-01-02T00:00:00Z', '2026-01-01T00:00:00Z'].map(
      (time) => new Date(time),
    );
    const { run, sink } = testRun(
      {
        DescribeVolumes: { Volumes: [volume] },
        GetMetricData: {
          MetricDataResults: [
            { Id: 'q1', Values: [0, 0, 7], Timestamps: times },
            { Id: 'q0', Values: [0, 5, 7], Timestamps: times },
          ],
        },
      },
      { config: quiet },
    );

    await collectVolumes(run);

    expect(sink.of('aws_ec2_volume')[0]?.reported).toMatchObject({
      atime: '2026-01-02T00:00:00Z',
      mtime: '2026-01-01T00:00:00Z',
    });
  });

  test('keep their times when the metrics are denied', async () => {
    const { run, sink } = testRun(
      { DescribeVolumes: { Volumes: [volume] }, GetMetricData: vendorError('AccessDenied', 403) },
      { config: quiet },
    );

    await collectVolumes(run);

    expect(sink.of('aws_ec2_volume')[0]?.missing).toEqual(['atime', 'mtime']);
  });
});

test('an elastic IP is named after what it belongs to', async () => {
  const { run, sink } = testRun({
    DescribeAddresses: {
      Addresses: [{ PublicIp: '1.2.3.4', AllocationId: 'eipalloc-1', NetworkInterfaceId: 'eni-1' }],
    },
  });

  await run.collectList(elasticIp);

  expect(sink.nodes[0]).toMatchObject({
    reported: {
      id: '1.2.3.4',
      name: 'eni-1',
      ip_address_family: 'ipv4',
      arn: 'arn:aws:ec2:us-east-1:123456789012:elastic-ip/eni-1',
    },
    metadata: {
      provider_link:
        'https://us-east-1.console.aws.amazon.com/ec2/home?region=us-east-1#ElasticIpDetails:AllocationId=eipalloc-1',
    },
  });
});

test('a VPC without name tag is named by its id', async () => {
  const { run, sink } = testRun({
    DescribeVpcs: { Vpcs: [{ VpcId: 'vpc-1' }, { VpcId: 'vpc-2', Tags: [{ Key: 'Name', Value: '' }] }] },
  });

  await run.collectList(vpc);

  expect(sink.nodes.map(({ reported }) => reported['name'])).toEqual(['vpc-1', '']);
});

test('a flow log refers to a VPC and to the bucket it writes to', () => {
  const read = (answer: object) => flowLog.references.map((reference) => reference.read(answer));

  expect(read({ ResourceId: 'vpc-1', LogDestinationType: 's3', LogDestination: 'arn:aws:s3:::logs' })).toEqual([
    'vpc-1',
    'arn:aws:s3:::logs',
  ]);
  expect(
    read({ ResourceId: 'eni-1', LogDestinationType: 'cloud-watch-logs', LogDestination: 'arn:aws:logs:x' }),
  ).toEqual([undefined, undefined]);
});
