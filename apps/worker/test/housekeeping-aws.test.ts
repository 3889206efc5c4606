/** All action plugins together, switched on by a configuration as a user writes it, and the cleanup that follows them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as ec2 from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { moto, type RunningServer } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';
import type { JsonObject, NodeRow } from '@resoto/worker-core';

import { awsEnvironment } from './aws-environment.ts';
import { CoreProgram, until } from './core-program.ts';
import { killPrograms } from './program.ts';
import { startWorker } from './worker-program.ts';

const account = '123456789012';
const region = 'us-east-1';
const emulator = await moto();

describeWith('housekeeping of AWS over moto', [emulator], () => {
  let directory: string;
  let server: RunningServer;
  let client: ec2.EC2Client;
  let core: CoreProgram;
  /** Ids by name. */
  const made = new Map<string, string>();

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'housekeeping-aws-'));
    server = await emulator.start();
    client = new ec2.EC2Client({
      ...{ endpoint: server.url, region },
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    await makeResources();
    core = await CoreProgram.start();
    await core.configure(configuration(id('protected-volume')));
    await startWorker({ uri: core.uri, directory, env: awsEnvironment(server.url) });
    for (const [step, name] of plugins) {
      await until(`${name} is registered`, () => core.isRegistered(`resoto.worker-actions-${step}-${name}`, step));
    }
    await core.finished(await core.startWorkflow('collect_and_cleanup'));
  });

  afterAll(async () => {
    await killPrograms();
    client.destroy();
    await Promise.all([server.stop(), core.remove()]);
    await rm(directory, { recursive: true });
  });

  test.each([
    ['CleanupExpiredPlugin', 'expired-vpc'],
    ['CleanupAWSVPCsPlugin', 'expired-subnet'],
    ['CleanupAWSAlarmsPlugin', 'dead-alarm'],
    ['CleanupAWSLoadbalancersPlugin', 'idle-balancer'],
    ['CleanupUntaggedPlugin', 'untagged-snapshot'],
    ['CleanupVolumesPlugin', 'unused-volume'],
  ])('what %s marks is deleted: %s', async (_, name) => {
    const { desired, metadata } = await node(name);

    expect([desired?.['clean'], metadata?.['cleaned']]).toEqual([true, true]);
    expect(await left()).not.toContain(name);
  });

  test('everything else is there still, and not marked', async () => {
    const others = [
      ...['busy-vpc', 'busy-subnet', 'live-instance', 'kept-vpc', 'kept-subnet', 'live-alarm', 'used-balancer'],
      ...['tagged-snapshot', 'protected-volume'],
    ];

    expect((await left()).toSorted()).toEqual(others.toSorted());
    const marked = await Promise.all(others.map(async (name) => (await node(name)).desired?.['clean'] === true));
    expect(others.filter((_, index) => marked[index])).toEqual([]);
  });

  test('what ProtectorPlugin lists is protected, although it is as unused as another one', async () => {
    expect((await node('protected-volume')).metadata).toMatchObject({ protected: true });
  });

  test('TagValidatorPlugin shortens the tag in the cloud', async () => {
    const { Reservations = [] } = await client.send(new ec2.DescribeInstancesCommand({}));

    const tags = Reservations[0]?.Instances?.[0]?.Tags ?? [];
    expect(tags.find(({ Key }) => Key === 'expiration')?.Value).toBe('12h');
  });

  test('a VPC in which an instance lives is unmarked again, and says why', async () => {
    const { desired, metadata } = await node('busy-vpc');

    expect(desired?.['clean']).toBe(false);
    expect(JSON.stringify(metadata?.['event_log'])).toContain('It contains 1 active EC2 instances');
  });

  async function makeResources(): Promise<void> {
    const expired = [{ Key: 'resoto:expires', Value: '2020-01-01T00:00:00Z' }];
    await makeVpc('expired', '10.1', expired);
    await makeVpc('busy', '10.2', expired);
    await makeVpc('kept', '10.3', []);
    const { Images = [] } = await client.send(new ec2.DescribeImagesCommand({}));
    const { Instances = [] } = await client.send(
      new ec2.RunInstancesCommand({
        ...{ ImageId: Images[0]?.ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 },
        ...{ SubnetId: id('busy-subnet'), ...tagged('instance', [{ Key: 'expiration', Value: '4d' }]) },
      }),
    );
    note('live-instance', Instances[0]?.InstanceId);
    await makeVolumes();
    for (const [name, instance] of [
      ['dead-alarm', 'i-0123456789abcdef0'],
      ['live-alarm', id('live-instance')],
    ] as const) {
      await makeAlarm(name, instance);
    }
    await makeBalancers();
  }

  async function makeVpc(name: string, net: string, tags: readonly ec2.Tag[]): Promise<void> {
    const vpc = await client.send(new ec2.CreateVpcCommand({ CidrBlock: `${net}.0.0/16`, ...tagged('vpc', tags) }));
    const VpcId = note(`${name}-vpc`, vpc.Vpc?.VpcId);
    const { Subnet } = await client.send(new ec2.CreateSubnetCommand({ VpcId, CidrBlock: `${net}.0.0/24` }));
    note(`${name}-subnet`, Subnet?.SubnetId);
  }

  async function makeVolumes(): Promise<void> {
    for (const name of ['unused-volume', 'protected-volume']) {
      const input = { AvailabilityZone: `${region}a`, Size: 1 };
      note(name, (await client.send(new ec2.CreateVolumeCommand(input))).VolumeId);
    }
    const VolumeId = id('protected-volume');
    for (const [name, tags] of [
      ['untagged-snapshot', []],
      ['tagged-snapshot', [{ Key: 'owner', Value: 'jane' }]],
    ] as const) {
      const input = { VolumeId, ...tagged('snapshot', tags) };
      note(name, (await client.send(new ec2.CreateSnapshotCommand(input))).SnapshotId);
    }
  }

  async function makeAlarm(name: string, instance: string): Promise<void> {
    await query('monitoring', {
      ...{ Action: 'PutMetricAlarm', Version: '2010-08-01', AlarmName: name, MetricName: 'CPUUtilization' },
      ...{ Namespace: 'AWS/EC2', ComparisonOperator: 'GreaterThanThreshold', Statistic: 'Average', Threshold: '90' },
      ...{ EvaluationPeriods: '1', Period: '60' },
      ...{ 'Dimensions.member.1.Name': 'InstanceId', 'Dimensions.member.1.Value': instance },
    });
    note(name, name);
  }

  async function makeBalancers(): Promise<void> {
    const listener = 'Listeners.member.1';
    for (const name of ['idle-balancer', 'used-balancer']) {
      await query(...balancers, {
        ...{ Action: 'CreateLoadBalancer', LoadBalancerName: name, 'AvailabilityZones.member.1': `${region}a` },
        ...{ [`${listener}.Protocol`]: 'HTTP', [`${listener}.LoadBalancerPort`]: '80' },
        [`${listener}.InstancePort`]: '80',
      });
      note(name, name);
    }
    await query(...balancers, {
      ...{ Action: 'RegisterInstancesWithLoadBalancer', LoadBalancerName: 'used-balancer' },
      'Instances.member.1.InstanceId': id('live-instance'),
    });
  }

  /** Names of what is there. */
  async function left(): Promise<readonly string[]> {
    const [vpcs, subnets, reservations, volumes, snapshots] = await Promise.all([
      client.send(new ec2.DescribeVpcsCommand({})),
      client.send(new ec2.DescribeSubnetsCommand({})),
      client.send(new ec2.DescribeInstancesCommand({})),
      client.send(new ec2.DescribeVolumesCommand({})),
      client.send(new ec2.DescribeSnapshotsCommand({ OwnerIds: ['self'] })),
    ]);
    const alarms = await query('monitoring', { Action: 'DescribeAlarms', Version: '2010-08-01' });
    const found = await query(...balancers, { Action: 'DescribeLoadBalancers' });
    const there = new Set([
      ...(vpcs.Vpcs ?? []).map(({ VpcId }) => VpcId),
      ...(subnets.Subnets ?? []).map(({ SubnetId }) => SubnetId),
      ...(reservations.Reservations ?? []).flatMap(({ Instances = [] }) => Instances.map((one) => one.InstanceId)),
      ...(volumes.Volumes ?? []).map(({ VolumeId }) => VolumeId),
      ...(snapshots.Snapshots ?? []).map(({ SnapshotId }) => SnapshotId),
      ...[...`${alarms}${found}`.matchAll(/<(?:AlarmName|LoadBalancerName)>([^<]+)</g)].map(([, name]) => name),
    ]);
    return [...made].flatMap(([name, known]) => (there.has(known) ? [name] : []));
  }

  /** Asks a service of which the tests have no client. */
  async function query(service: string, parameters: Readonly<Record<string, string>>): Promise<string> {
    const scope = `test/20240101/${region}/${service}/aws4_request`;
    const Authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`;
    const body = new URLSearchParams({ Version: '2012-06-01', ...parameters });
    const response = await fetch(server.url, { method: 'POST', headers: { Authorization }, body });
    if (!response.ok) throw new Error(`${parameters['Action']}: ${await response.text()}`);
    return response.text();
  }

  function note(name: string, known: string | undefined): string {
    if (known === undefined) throw new Error(`The emulator gave ${name} no id`);
    made.set(name, known);
    return known;
  }

  function id(name: string): string {
    return made.get(name) ?? '';
  }

  async function node(name: string): Promise<NodeRow> {
    const key = /alarm|balancer/.test(name) ? 'name' : 'id';
    const [found] = await core.search(`/reported.${key} == "${id(name)}"`);
    if (found?.type !== 'node') throw new Error(`There is no ${name} at the core`);
    return found;
  }
});

const balancers = ['elasticloadbalancing'] as const;

const plugins = [
  ['post_collect', 'ProtectorPlugin'],
  ['pre_cleanup_plan', 'TagValidatorPlugin'],
  ['cleanup_plan', 'CleanupExpiredPlugin'],
  ['cleanup_plan', 'CleanupUntaggedPlugin'],
  ['cleanup_plan', 'CleanupVolumesPlugin'],
  ['cleanup_plan', 'CleanupAWSAlarmsPlugin'],
  ['cleanup_plan', 'CleanupAWSLoadbalancersPlugin'],
  ['post_cleanup_plan', 'CleanupAWSVPCsPlugin'],
] as const;

function configuration(protectedVolume: string): JsonObject {
  const accounts = { aws: { [account]: { name: 'test' } } };
  return {
    resotoworker: { collector: ['aws'], cleanup: true, cleanup_dry_run: false },
    aws: {
      collect: ['aws_ec2_*', 'aws_vpc*', 'aws_elb*', 'aws_alb*', 'aws_cloudwatch_alarm'],
      no_collect: ['aws_ec2_reserved_instances'],
      region: [region],
    },
    plugin_protector: {
      enabled: true,
      config: { aws: { [account]: { [region]: { aws_ec2_volume: [protectedVolume] } } } },
    },
    plugin_tagvalidator: {
      enabled: true,
      config: { default: { expiration: '12h' }, kinds: ['aws_ec2_instance'], accounts },
    },
    plugin_cleanup_expired: { enabled: true },
    plugin_cleanup_untagged: {
      enabled: true,
      config: { default: { age: '0s' }, tags: ['owner'], kinds: ['aws_ec2_snapshot'], accounts },
    },
    plugin_cleanup_volumes: { enabled: true, min_age: '0s' },
    plugin_cleanup_aws_alarms: { enabled: true, config: { aws: [account] } },
    plugin_cleanup_aws_loadbalancers: { enabled: true, min_age: '0s' },
    plugin_cleanup_aws_vpcs: { enabled: true, config: { aws: [account] } },
  };
}

function tagged(ResourceType: ec2.ResourceType, tags: readonly ec2.Tag[]) {
  return tags.length === 0 ? {} : { TagSpecifications: [{ ResourceType, Tags: [...tags] }] };
}
