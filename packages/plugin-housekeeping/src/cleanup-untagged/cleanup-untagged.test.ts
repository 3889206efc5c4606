import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JsonObject } from '@resoto/worker-core/plugin';

import { daysAgo, eventsOf, openWorld, type Resource, type World } from '../../test/world.ts';

const className = 'CleanupUntaggedPlugin';
let world: World;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

test('marks what lacks a mandatory tag for too long, with the reason', async () => {
  await world.put({
    id: '1',
    resources: [
      cluster('untagged', {}),
      cluster('half', { owner: 'jane' }),
      cluster('empty', { owner: ' ', expiration: '2d' }),
      cluster('tagged', { owner: 'jane', expiration: '2d' }),
      { ...cluster('young', {}), reported: { ctime: daysAgo(0.05) } },
      { ...cluster('other-kind', {}), kind: 'aws_ec2_subnet' },
    ],
  });

  await world.run(className, only({ aws: { '1': { name: 'one' } } }));

  expect(await world.marked()).toEqual(['empty', 'half', 'untagged']);
  expect(eventsOf(await world.node('half'))).toEqual([
    'Marked for cleanup: Missing the required tags expiration, and older than 2h',
  ]);
});

test('each account has its own age, and accounts that are not listed are left alone', async () => {
  const resources = (id: string): Resource[] => [cluster(`${id}-c`, {})];
  await world.put(
    { id: '1', resources: resources('1') },
    { id: '2', resources: resources('2') },
    { id: '3', resources: resources('3') },
    { id: '4', cloud: 'other', resources: resources('4') },
  );

  await world.run(
    className,
    only({ aws: { '1': { name: 'one' }, '2': { name: 'two', age: '30d' }, '4': { name: 'x' } } }),
  );

  expect(await world.marked()).toEqual(['1-c']);
});

test('the sample accounts are gone when others are given', async () => {
  await world.put({ id: '068564737731', resources: [cluster('c', {})] });

  await world.run(className, only({ aws: { '1': { name: 'one' } } }));

  expect(await world.marked()).toEqual([]);
});

test('kinds count with what is derived from them, and unknown ones are told', async () => {
  await world.put({ id: '1', resources: [{ ...cluster('i', {}), kind: 'aws_ec2_instance' }] });

  const { reports } = await world.run(className, {
    config: {
      kinds: ['instance', 'aws_ec2_instance', 'aws_flying_carpet'],
      accounts: { aws: { '1': { name: 'one' } } },
    },
  });

  expect(await world.marked()).toEqual(['i']);
  expect(reports).toContainEqual({
    level: 'info',
    message: expect.stringContaining('There are no resources of kind aws_flying_carpet'),
  });
});

test.each<[string, JsonObject]>([
  ['protected', { protected: true }],
  ['cleaned', { cleaned: true }],
  ['no thing of its own', { phantom: true }],
  ['carried over', { carried: true }],
  ['read without its tags', { incomplete: ['tags'] }],
])('leaves alone what is %s', async (_, metadata) => {
  await world.put({ id: '1', resources: [{ ...cluster('c', {}), metadata }] });

  await world.run(className, only({ aws: { '1': { name: 'one' } } }));

  expect(await world.marked()).toEqual([]);
});

test('ids cannot widen the search', async () => {
  await world.put({ id: '1', resources: [cluster('c', {})] });

  await world.run(className, only({ aws: { 'x" or all or "': { name: 'evil' } } }));

  expect(await world.marked()).toEqual([]);
});

test.each<[string, JsonObject, string]>([
  ['without accounts', { accounts: {} }, 'accounts names no account'],
  ['without tags', { tags: [] }, 'tags is empty'],
  ['without kinds', { kinds: [] }, 'kinds is empty'],
  ['with an account without name', { accounts: { aws: { '1': { age: '1h' } } } }, 'accounts.aws.1 has no name'],
])('a setting %s is an error, and nothing is marked', async (_, config, message) => {
  await world.put({ id: '1', resources: [cluster('c', {})] });

  await expect(world.run(className, { config })).rejects.toMatchObject({
    code: 'wrong_configuration',
    message: expect.stringContaining(message),
  });
  expect(await world.marked()).toEqual([]);
});

test('an age that is no duration is an error', async () => {
  await expect(world.run(className, only({ aws: { '1': { name: 'one', age: 'old' } } }))).rejects.toMatchObject({
    code: 'wrong_configuration',
  });
});

test('marks nothing in a dry run', async () => {
  await world.put({ id: '1', resources: [cluster('c', {})] });

  await world.run(className, { ...only({ aws: { '1': { name: 'one' } } }), dry_run: true });

  expect(await world.marked()).toEqual([]);
});

function only(accounts: JsonObject): JsonObject {
  return { config: { accounts, kinds: ['aws_eks_cluster'] } };
}

function cluster(id: string, tags: JsonObject): Resource {
  return { kind: 'aws_eks_cluster', id, reported: { tags, ctime: daysAgo(10) } };
}
