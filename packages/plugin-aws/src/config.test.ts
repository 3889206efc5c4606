import { expect, test } from '@jest/globals';

import { readConfig } from './config.ts';
import { defaults } from '../test/test-run.ts';

function wants(collect: string[], noCollect: string[], ...kinds: string[]): string[] {
  const config = readConfig({ ...defaults, collect, no_collect: noCollect });
  return kinds.filter((kind) => config.wants(kind));
}

test('all kinds are collected unless some are named', () => {
  expect(wants([], [], 'aws_vpc', 'aws_s3_bucket')).toEqual(['aws_vpc', 'aws_s3_bucket']);
});

test('kinds are named by patterns, and leaving out wins', () => {
  const kinds = ['aws_ec2_volume', 'aws_ec2_instance', 'aws_s3_bucket', 'my_aws_ec2_volume'];

  expect(wants(['aws_ec2_*'], ['*_instanc?'], ...kinds)).toEqual(['aws_ec2_volume']);
});

test('signs that mean something elsewhere mean themselves', () => {
  expect(wants(['a.b+(c)|d'], [], 'a.b+(c)|d', 'axb')).toEqual(['a.b+(c)|d']);
});

test('services with an exception take fewer calls at the same time, never more and never none', () => {
  const config = readConfig({
    ...defaults,
    resource_pool_tasks_per_service_default: 20,
    resource_pool_tasks_per_service: { elb: 6, ec2: 50, iam: 0 },
  });

  expect(['elb', 'ec2', 'iam', 's3'].map(config.tasksPerService)).toEqual([6, 20, 1, 20]);
});

test('empty texts count as not set', () => {
  const config = readConfig({
    ...defaults,
    role: ' ',
    scrape_org_role_arn: '',
    profiles: ['', 'dev '],
    access_key_id: 'a',
  });

  expect(config).toMatchObject({
    role: undefined,
    scrapeOrgRoleArn: undefined,
    profiles: ['dev'],
    accessKey: undefined,
  });
});
