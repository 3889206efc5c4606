import { describe, expect, test } from '@jest/globals';

import { testRun, vendorError } from '../../../test/test-run.ts';
import { collectClusters, collectClusterSnapshots, collectInstances, collectSnapshots } from './collect.ts';
import { instance as instanceKind } from './kinds/instances.ts';

describe('instances', () => {
  const instance = {
    DBInstanceIdentifier: 'shop',
    DBInstanceArn: 'arn:aws:rds:us-east-1:123456789012:db:shop',
    DBInstanceClass: 'db.t3.micro',
    DBInstanceStatus: 'storage-full',
    Engine: 'postgres',
    Endpoint: { Address: 'shop.local', Port: 5432 },
    AllocatedStorage: 20,
    InstanceCreateTime: new Date('2020-01-02T03:04:05Z'),
    TagList: [],
  };

  test('have the address they answer at, and the id where there is no database name', async () => {
    const { run, sink } = testRun({ DescribeDBInstances: { DBInstances: [instance] } });

    await collectInstances(run);

    expect(sink.nodes[0]).toMatchObject({
      reported: {
        id: 'shop',
        name: 'shop',
        db_endpoint: 'shop.local:5432',
        db_status: 'storage-full',
        instance_type: 'db.t3.micro',
        volume_size: 20,
      },
      metadata: {
        provider_link:
          'https://us-east-1.console.aws.amazon.com/rds/home?region=us-east-1#database:id=shop;is-cluster=false',
      },
    });
  });

  test('have no address as long as they are made', async () => {
    const { Endpoint: _, ...made } = instance;
    const { run, sink } = testRun({ DescribeDBInstances: { DBInstances: [made] } });

    await collectInstances(run);

    expect(sink.nodes[0]?.reported).not.toHaveProperty('db_endpoint');
  });

  test('were used last when somebody was connected', async () => {
    const times = [new Date('2026-05-03T00:00:00Z'), new Date('2026-05-02T00:00:00Z')];
    const { run, sink, asked } = testRun({
      DescribeDBInstances: { DBInstances: [instance] },
      GetMetricData: { MetricDataResults: [{ Id: 'q0', Values: [0, 3], Timestamps: times }] },
    });

    await collectInstances(run);

    expect(sink.nodes[0]?.reported).toMatchObject({ atime: '2026-05-02T00:00:00Z', mtime: '2026-05-02T00:00:00Z' });
    expect(asked.find(({ call }) => call === 'GetMetricData')?.input).toMatchObject({
      StartTime: new Date('2026-04-02T00:00:00Z'),
      EndTime: new Date('2026-06-01T00:00:00Z'),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: [
        {
          MetricStat: {
            Metric: {
              Namespace: 'AWS/RDS',
              MetricName: 'DatabaseConnections',
              Dimensions: [{ Name: 'DBInstanceIdentifier', Value: 'shop' }],
            },
            Period: 3600,
            Stat: 'Sum',
            Unit: 'Count',
          },
        },
      ],
    });
  });

  test.each([
    ['the start of the time that is looked at', '2020-01-02T03:04:05Z', '2026-04-02T00:00:00Z'],
    ['their creation when that is later', '2026-05-20T00:00:00Z', '2026-05-20T00:00:00Z'],
  ])('that nobody was connected to have %s', async (_what, created, expected) => {
    const { run, sink } = testRun({
      DescribeDBInstances: { DBInstances: [{ ...instance, InstanceCreateTime: new Date(created) }] },
    });

    await collectInstances(run);

    expect(sink.nodes[0]?.reported['atime']).toBe(expected);
  });

  test('keep times and tags that may not be read', async () => {
    const { run, sink } = testRun({
      DescribeDBInstances: { DBInstances: [instance] },
      ListTagsForResource: vendorError('AccessDenied', 403),
      GetMetricData: vendorError('AccessDenied', 403),
    });

    await collectInstances(run);

    expect(sink.nodes[0]?.missing).toEqual(['atime', 'mtime', 'tags']);
  });

  test('are asked for their tags only when the list has none', async () => {
    const tagged = { ...instance, DBInstanceIdentifier: 'tagged', TagList: [{ Key: 'owner', Value: 'me' }] };
    const { run, sink, asked } = testRun({
      DescribeDBInstances: { DBInstances: [instance, tagged] },
      ListTagsForResource: { TagList: [{ Key: 'a', Value: 'b' }] },
    });

    await collectInstances(run);

    const tags = new Map(sink.nodes.map(({ reported }) => [reported['id'], reported['tags']]));
    expect(tags).toEqual(
      new Map<unknown, unknown>([
        ['shop', { a: 'b' }],
        ['tagged', { owner: 'me' }],
      ]),
    );
    expect(asked.filter(({ call }) => call === 'ListTagsForResource')).toHaveLength(1);
  });

  test('have one of the words the other generation of the core knows as status', async () => {
    const { run, sink } = testRun({ DescribeDBInstances: { DBInstances: [instance] } }, { generation: 'fix' });

    await collectInstances(run);

    expect(sink.nodes[0]?.reported['db_status']).toBe('failed');
  });

  test('refer to each of their keys', () => {
    const keys = instanceKind.references.filter(({ to }) => to === 'aws_kms_key');

    const found = keys.map(({ read }) =>
      read({ KmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k-1', ActivityStreamKmsKeyId: 'k-2' }),
    );

    expect(found).toEqual(['k-1', undefined, 'k-2']);
  });
});

test('a cluster has neither type nor size', async () => {
  const { run, sink } = testRun({
    DescribeDBClusters: { DBClusters: [{ DBClusterIdentifier: 'c', Endpoint: 'c.local', Port: 3306, Status: 'odd' }] },
  });

  await collectClusters(run);

  expect(sink.nodes[0]?.reported).toMatchObject({
    id: 'c',
    db_endpoint: 'c.local:3306',
    db_status: 'odd',
    instance_type: '',
    volume_size: 0,
    arn: 'arn:aws:rds:us-east-1:123456789012:cluster/c',
  });
});

describe('snapshots', () => {
  test('say who may restore them', async () => {
    const { run, sink } = testRun({
      DescribeDBSnapshots: {
        DBSnapshots: [
          { DBSnapshotIdentifier: 's', AllocatedStorage: 5, ProcessorFeatures: [{ Name: 'n', Value: 'v' }] },
        ],
      },
      DescribeDBSnapshotAttributes: {
        DBSnapshotAttributesResult: {
          DBSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues: ['all'] }, { AttributeName: 'other' }],
        },
      },
    });

    await collectSnapshots(run);

    expect(sink.nodes[0]?.reported).toMatchObject({
      id: 's',
      name: 's',
      volume_size: 0,
      rds_allocated_storage: 5,
      rds_processor_features: { n: 'v' },
      rds_attributes: { restore: ['all'], other: [] },
    });
  });

  test('of clusters are named by their tag, also in the ARN', async () => {
    const { run, sink } = testRun({
      DescribeDBClusterSnapshots: {
        DBClusterSnapshots: [
          {
            DBClusterSnapshotIdentifier: 's',
            DBClusterSnapshotArn: 'arn:aws:rds:us-east-1:123456789012:cluster-snapshot:s',
            TagList: [{ Key: 'Name', Value: 'nightly' }],
          },
        ],
      },
    });

    await collectClusterSnapshots(run);

    expect(sink.nodes[0]?.reported).toMatchObject({
      id: 's',
      name: 'nightly',
      arn: 'arn:aws:rds:us-east-1:123456789012:snapshot/nightly',
    });
  });

  test('keep what they said when it may not be read', async () => {
    const { run, sink } = testRun({
      DescribeDBSnapshots: { DBSnapshots: [{ DBSnapshotIdentifier: 's' }] },
      DescribeDBSnapshotAttributes: vendorError('AccessDenied', 403),
    });

    await collectSnapshots(run);

    expect(sink.nodes[0]?.missing).toEqual(['rds_attributes']);
  });
});
