import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JsonObject } from '@resoto/worker-core/plugin';

import { eventsOf, openWorld, type Resource, type World } from '../../test/world.ts';

const className = 'ProtectorPlugin';
let world: World;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

test('protects what is listed and nothing beside it, with the reason (no. 10)', async () => {
  await world.put(
    { id: '1', resources: [volume('listed'), volume('other'), { kind: 'aws_ec2_instance', id: 'i' }] },
    { id: '2', resources: [volume('elsewhere')] },
    { id: '3', region: 'us', resources: [volume('us-volume')] },
    { id: '4', cloud: 'other', resources: [volume('other-cloud')] },
  );
  const ids = ['listed', 'i', 'elsewhere', 'us-volume', 'other-cloud'];

  await world.run(className, list('1', 'eu', { aws_ec2_volume: ids }));

  expect(await isProtected()).toEqual(['listed']);
  expect(eventsOf(await world.node('listed'))).toEqual(['Protected: It is listed in plugin_protector']);
});

test('keeps a resource from being marked', async () => {
  await world.put({ id: '1', resources: [volume('v')] });
  await world.run(className, list('1', 'eu', { aws_ec2_volume: ['v'] }));
  const age = '2000-01-01T00:00:00Z';
  await world.put({
    id: '1',
    resources: [{ ...volume('v', { ctime: age, atime: age, mtime: age }), metadata: { protected: true } }],
  });

  await world.run('CleanupVolumesPlugin');

  expect(await world.marked()).toEqual([]);
});

test('finds resources without region', async () => {
  await world.put({ id: '1', region: null, resources: [volume('global')] }, { id: '2', resources: [volume('local')] });

  await world.run(className, list('1', '', { aws_ec2_volume: ['global', 'local'] }));

  expect(await isProtected()).toEqual(['global']);
});

test('says which resources it did not find', async () => {
  await world.put({ id: '1', resources: [] });

  const { reports } = await world.run(className, list('1', 'eu', { aws_ec2_volume: ['gone'] }));

  expect(reports).toEqual([{ level: 'info', message: 'There is no aws_ec2_volume gone to protect' }]);
});

test('an id cannot widen the search', async () => {
  await world.put({ id: '1', resources: [volume('v')] });

  await world.run(className, list('1', 'eu', { aws_ec2_volume: ['x"] or all or id in ["'] }));

  expect(await isProtected()).toEqual([]);
});

test('an empty selection does nothing (no. 10)', async () => {
  await world.put({ id: '1', resources: [volume('v')] });

  const { reports } = await world.run(className, { config: {} });
  await world.run(className, list('1', 'eu', { aws_ec2_volume: [] }));

  expect(await isProtected()).toEqual([]);
  expect(reports).toEqual([]);
});

test('does not take protection away from what is not listed', async () => {
  await world.put({ id: '1', resources: [{ ...volume('v'), metadata: { protected: true } }] });

  await world.run(className, { config: {} });

  expect(await isProtected()).toEqual(['v']);
});

test('a list that does not fit is an error', async () => {
  await expect(world.run(className, { config: { aws: { '1': { eu: ['v'] } } } })).rejects.toMatchObject({
    code: 'wrong_configuration',
  });
});

test('protects nothing in a dry run', async () => {
  await world.put({ id: '1', resources: [volume('v')] });

  await world.run(className, { ...list('1', 'eu', { aws_ec2_volume: ['v'] }), dry_run: true });

  expect(await isProtected()).toEqual([]);
});

async function isProtected(): Promise<string[]> {
  return (await world.search('/metadata.protected == true')).map(({ id }) => id).toSorted();
}

function list(account: string, region: string, kinds: JsonObject): JsonObject {
  return { config: { aws: { [account]: { [region]: kinds } } } };
}

function volume(id: string, reported: JsonObject = {}): Resource {
  return { kind: 'aws_ec2_volume', id, reported: { volume_status: 'available', ...reported } };
}
