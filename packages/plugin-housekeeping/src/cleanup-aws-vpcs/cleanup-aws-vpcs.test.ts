import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JsonObject } from '@resoto/worker-core/plugin';

import { eventsOf, openWorld, type Resource, type World } from '../../test/world.ts';

const className = 'CleanupAWSVPCsPlugin';
const everywhere = { config: null };
const clean = { clean: true };
let world: World;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

test('marks everything that has to go before a marked VPC, and says so on both', async () => {
  await world.put({
    id: '1',
    resources: [
      vpc('vpc', ['subnet', 'group', 'i-1']),
      part('aws_ec2_subnet', 'subnet', ['nat']),
      part('aws_ec2_nat_gateway', 'nat'),
      part('aws_ec2_security_group', 'group'),
      instance('i-1', 'terminated'),
      vpc('other', ['other-subnet'], {}),
      part('aws_ec2_subnet', 'other-subnet'),
    ],
  });

  await world.run(className, everywhere);

  expect(await world.marked()).toEqual(['group', 'nat', 'subnet', 'vpc']);
  expect(eventsOf(await world.node('nat'))).toEqual([
    'Marked for cleanup: It belongs to the VPC vpc, which is to be deleted',
  ]);
  expect(eventsOf(await world.node('vpc'))).toContain('aws_ec2_nat_gateway nat is deleted with it');
});

test.each(['running', 'stopped', 'busy'])('keeps a VPC with an instance that is %s, and says so', async (status) => {
  await world.put({
    id: '1',
    resources: [vpc('vpc', ['subnet']), part('aws_ec2_subnet', 'subnet', ['i-1']), instance('i-1', status)],
  });

  const { reports } = await world.run(className, everywhere);

  expect(await world.marked()).toEqual([]);
  expect(eventsOf(await world.node('vpc'))).toEqual([
    'Not marked for cleanup any more: It contains 1 active EC2 instances (i-1)',
  ]);
  expect(reports).toContainEqual({ level: 'error', message: expect.stringContaining('The VPC vpc is not deleted') });
});

test('goes on with a VPC whose instances are marked as well', async () => {
  await world.put({
    id: '1',
    resources: [
      vpc('vpc', ['subnet', 'i-1']),
      part('aws_ec2_subnet', 'subnet'),
      { ...instance('i-1', 'running'), desired: clean },
    ],
  });

  await world.run(className, everywhere);

  expect(await world.marked()).toEqual(['i-1', 'subnet', 'vpc']);
});

test('marks neither what is protected nor what is no part of a VPC, and notes that it will be in the way', async () => {
  await world.put({
    id: '1',
    resources: [
      vpc('vpc', ['subnet', 'function']),
      { ...part('aws_ec2_subnet', 'subnet'), metadata: { protected: true } },
      part('aws_lambda_function', 'function'),
    ],
  });

  await world.run(className, everywhere);

  expect(await world.marked()).toEqual(['vpc']);
  expect(eventsOf(await world.node('vpc'))).toEqual([
    'Its deletion will probably fail, aws_ec2_subnet subnet stays: it is protected',
    'Its deletion will probably fail, aws_lambda_function function stays: such resources are not marked with a VPC',
  ]);
});

test('does not touch a part that was not seen in the last collect', async () => {
  const carried = { ...part('aws_ec2_subnet', 'subnet'), metadata: { carried: true } };
  await world.put({ id: '1', resources: [vpc('vpc', ['subnet']), carried] });

  await world.run(className, everywhere);

  expect(await world.marked()).toEqual(['vpc']);
});

test('leaves a VPC as it is where instances could not be listed', async () => {
  await world.put({
    id: '1',
    resources: [vpc('vpc', ['subnet']), part('aws_ec2_subnet', 'subnet')],
    metadata: { incomplete: ['aws_ec2_instance'] },
  });

  const { reports } = await world.run(className, everywhere);

  expect(await world.marked()).toEqual(['vpc']);
  expect(reports).toMatchObject([{ message: expect.stringContaining('could not be listed') }]);
});

test.each<[string, Partial<Resource>]>([
  ['is protected', { metadata: { protected: true } }],
  ['is cleaned', { metadata: { cleaned: true } }],
  ['is not marked', { desired: {} }],
])('does nothing for a VPC that %s', async (_, more) => {
  await world.put({ id: '1', resources: [{ ...vpc('vpc', ['subnet']), ...more }, part('aws_ec2_subnet', 'subnet')] });

  await world.run(className, everywhere);

  expect(await world.marked()).not.toContain('subnet');
});

test.each<[string, JsonObject, string[]]>([
  ['named accounts alone', { config: { aws: ['2'] } }, ['vpc']],
  ['sample accounts by default', {}, ['vpc']],
  ['all accounts', { config: {} }, ['subnet', 'vpc']],
])('looks at %s', async (_, config, marked) => {
  await world.put({ id: '1', resources: [vpc('vpc', ['subnet']), part('aws_ec2_subnet', 'subnet')] });

  await world.run(className, config);

  expect(await world.marked()).toEqual(marked);
});

test('changes nothing in a dry run', async () => {
  await world.put({
    id: '1',
    resources: [
      ...[vpc('a', ['subnet']), part('aws_ec2_subnet', 'subnet')],
      ...[vpc('b', ['i-1']), instance('i-1', 'running')],
    ],
  });

  await world.run(className, { ...everywhere, dry_run: true });

  expect(await world.marked()).toEqual(['a', 'b']);
  expect(eventsOf(await world.node('a'))).toEqual([]);
});

function vpc(id: string, after: readonly string[], desired: JsonObject = clean): Resource {
  return { kind: 'aws_vpc', id, after, desired };
}

function part(kind: string, id: string, after: readonly string[] = []): Resource {
  return { kind, id, after };
}

function instance(id: string, status: string): Resource {
  return { kind: 'aws_ec2_instance', id, reported: { instance_status: status } };
}
