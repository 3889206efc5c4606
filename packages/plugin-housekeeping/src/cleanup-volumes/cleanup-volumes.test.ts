import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JsonObject } from '@resoto/worker-core/plugin';

import { daysAgo, eventsOf, openWorld, type Resource, type World } from '../../test/world.ts';

const className = 'CleanupVolumesPlugin';
let world: World;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

test('marks what is not in use and was not touched for long enough, with the reason', async () => {
  await world.put({ id: '1', resources: [volume('old'), volume('young', { ctime: daysAgo(3) })] });

  const { reports } = await world.run(className);

  expect(await world.marked()).toEqual(['old']);
  const reason = 'It is not in use, and was neither accessed nor changed for 14d';
  expect(eventsOf(await world.node('old'))).toEqual([`Marked for cleanup: ${reason}`]);
  expect(reports).toEqual([
    { level: 'info', message: `marked for cleanup: ${reason}: 1 resource (aws_ec2_volume old)` },
  ]);
});

test.each<[string, Partial<Resource>]>([
  ['is in use', { reported: { volume_status: 'in-use' } }],
  ['was accessed', { reported: { atime: daysAgo(1) } }],
  ['was changed', { reported: { mtime: daysAgo(1) } }],
  ['was never seen being accessed', { reported: { atime: null } }],
  ['was made exactly then', { reported: { ctime: daysAgo(14) } }],
  ['is protected', { metadata: { protected: true } }],
  ['is cleaned', { metadata: { cleaned: true } }],
  ['is carried over', { metadata: { carried: true, carried_since: daysAgo(1) } }],
  ['was read without its status', { metadata: { incomplete: ['volume_status'] } }],
])('leaves alone what %s', async (_, { reported, metadata }) => {
  await world.put({ id: '1', resources: [{ ...volume('v', reported), ...(metadata && { metadata }) }] });

  await world.run(className);

  expect(await world.marked()).toEqual([]);
});

test('says what it could not judge', async () => {
  await world.put({ id: '1', resources: [volume('a', { atime: null }), volume('b', { atime: null })] });

  const { reports } = await world.run(className);

  expect(reports).toEqual([
    {
      level: 'info',
      message: 'left alone: the time of its last access is not known: 2 resources (aws_ec2_volume a, aws_ec2_volume b)',
    },
  ]);
});

test.each<[string, JsonObject, { readonly lastCollect?: number }]>([
  ['is older than that of others', { exported_at: daysAgo(1) }, {}],
  ['is older than the last collect', {}, { lastCollect: Date.parse('2024-06-01T11:30:00Z') / 1000 }],
  ['is carried over', { carried: true }, {}],
  ['does not say when it was collected', { exported_at: null }, {}],
])('leaves an account alone that %s', async (_, metadata, options) => {
  await world.put({ id: '1', resources: [volume('v')], metadata }, { id: '2', resources: [] });

  const { reports } = await world.run(className, {}, options);

  expect(await world.marked()).toEqual([]);
  expect(reports).toMatchObject([{ message: expect.stringContaining('was not collected in the last run') }]);
});

test('marks nothing in a dry run', async () => {
  await world.put({ id: '1', resources: [volume('old')] });

  const { reports } = await world.run(className, { dry_run: true });

  expect(await world.marked()).toEqual([]);
  expect(reports).toMatchObject([{ message: expect.stringMatching(/^dry run, .*aws_ec2_volume old/) }]);
});

test('takes the age from its setting', async () => {
  await world.put({ id: '1', resources: [volume('old')] });

  await world.run(className, { min_age: '1yr' });

  expect(await world.marked()).toEqual([]);
});

function volume(id: string, reported: JsonObject = {}): Resource {
  const times = { ctime: daysAgo(60), atime: daysAgo(60), mtime: daysAgo(60) };
  return { kind: 'aws_ec2_volume', id, reported: { volume_status: 'available', ...times, ...reported } };
}
