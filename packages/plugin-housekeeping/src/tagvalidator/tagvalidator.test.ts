import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JsonObject } from '@resoto/worker-core/plugin';

import { tagTasks, type TagTasks } from '../../test/tag-tasks.ts';
import { eventsOf, openWorld, type Resource, type World } from '../../test/world.ts';

const className = 'TagValidatorPlugin';
const halfDay = only({ aws: { '1': { name: 'one', expiration: '12h' } } });
let world: World;
let tasks: TagTasks;

beforeEach(async () => {
  world = await openWorld();
  tasks = await tagTasks(world.uri);
});
afterEach(async () => {
  await tasks.close();
  await world.close();
});

test('shortens what is longer than allowed or no duration, and leaves the rest', async () => {
  await world.put({
    id: '1',
    resources: [
      cluster('short', '4h'),
      cluster('equal', '12h'),
      cluster('long', '4d'),
      cluster('wrong', 'smthg'),
      cluster('never', 'never'),
      { ...cluster('untagged', ''), reported: { tags: {} } },
      { ...cluster('other-kind', '4d'), kind: 'aws_ec2_subnet' },
    ],
  });

  await world.run(className, halfDay);

  expect(tasks.updates).toEqual([
    ['long', { expiration: '12h' }],
    ['never', { expiration: '12h' }],
    ['wrong', { expiration: '12h' }],
  ]);
  expect((await world.node('long')).reported['tags']).toEqual({ expiration: '12h' });
  expect(eventsOf(await world.node('long'))).toEqual([
    'Tag expiration is to be 12h: its expiration is longer than 12h',
  ]);
});

test('a limit is written as people write it, also when the core gives it back in seconds', async () => {
  await world.put({ id: '1', resources: [cluster('long', '4d')] });

  await world.run(className, only({ aws: { '1': { name: 'one', expiration: '43200s' } } }));

  expect(tasks.updates).toEqual([['long', { expiration: '12h' }]]);
});

test('accounts have their own limit or the default, and others are left alone', async () => {
  await world.put(
    { id: '1', resources: [cluster('1-c', '30h')] },
    { id: '2', resources: [cluster('2-c', '30h')] },
    { id: '3', resources: [cluster('3-c', '30h')] },
  );

  await world.run(className, only({ aws: { '1': { name: 'one', expiration: '2d' }, '2': { name: 'two' } } }));

  expect(tasks.updates).toEqual([['2-c', { expiration: '1d' }]]);
});

test.each<[string, JsonObject]>([
  ['protected', { protected: true }],
  ['cleaned', { cleaned: true }],
  ['no thing of its own', { phantom: true }],
  ['carried over', { carried: true }],
  ['read without its tags', { incomplete: ['tags'] }],
])('leaves alone what is %s', async (_, metadata) => {
  await world.put({ id: '1', resources: [{ ...cluster('c', '4d'), metadata }] });

  await world.run(className, halfDay);

  expect(tasks.updates).toEqual([]);
});

test('says which tags could not be set', async () => {
  await tasks.close();
  tasks = await tagTasks(world.uri, 'no permission');
  await world.put({ id: '1', resources: [cluster('c', '4d')] });

  const { reports } = await world.run(className, halfDay);

  expect(reports).toContainEqual({
    level: 'error',
    message: expect.stringMatching(/no permission.*aws_eks_cluster c/),
  });
});

test.each<[string, JsonObject]>([
  ['without accounts', { accounts: {} }],
  ['without kinds', { kinds: [] }],
  ['with an account without name', { accounts: { aws: { '1': {} } } }],
])('a setting %s is an error', async (_, config) => {
  await expect(world.run(className, { config })).rejects.toMatchObject({ code: 'wrong_configuration' });
});

test('sets no tag in a dry run, and says what it would', async () => {
  await world.put({ id: '1', resources: [cluster('c', '4d')] });

  const { reports } = await world.run(className, { ...halfDay, dry_run: true });

  expect(tasks.updates).toEqual([]);
  expect(eventsOf(await world.node('c'))).toEqual([]);
  expect(reports).toMatchObject([{ message: expect.stringMatching(/^dry run, .*expiration to be 12h/) }]);
});

function only(accounts: JsonObject): JsonObject {
  return { config: { accounts, kinds: ['aws_eks_cluster'] } };
}

function cluster(id: string, expiration: string): Resource {
  return { kind: 'aws_eks_cluster', id, reported: { tags: { expiration } } };
}
