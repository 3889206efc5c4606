import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JsonObject } from '@resoto/worker-core/plugin';

import { daysAgo, eventsOf, openWorld, type Resource, type World } from '../../test/world.ts';

const className = 'CleanupExpiredPlugin';
let world: World;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

test('marks what is expired, by duration or by date, with the reason', async () => {
  await world.put({
    id: '1',
    resources: [
      stack('over', { expiration: '2d' }),
      stack('over-by-date', { 'resoto:expires': daysAgo(1) }),
      stack('own-tag', { 'resoto:expiration': '1h', expiration: '1yr' }),
      stack('not-yet', { expiration: '30d' }),
      stack('never', { expiration: 'never' }),
      stack('no-duration', { expiration: 'soon' }),
      stack('untagged', {}),
    ],
  });

  await world.run(className);

  expect(await world.marked()).toEqual(['over', 'over-by-date', 'own-tag']);
  expect(eventsOf(await world.node('over'))).toEqual(['Marked for cleanup: Resource is expired']);
});

test.each<[string, JsonObject]>([
  ['protected', { protected: true }],
  ['cleaned', { cleaned: true }],
  ['no thing of its own', { phantom: true }],
  ['carried over', { carried: true }],
  ['read without its tags', { incomplete: ['tags'] }],
])('leaves alone what is %s', async (_, metadata) => {
  await world.put({ id: '1', resources: [{ ...stack('s', { expiration: '1h' }), metadata }] });

  await world.run(className);

  expect(await world.marked()).toEqual([]);
});

test('leaves alone an account that was not collected in the last run', async () => {
  const resources = [stack('s', { expiration: '1h' })];
  await world.put({ id: '1', resources, metadata: { exported_at: daysAgo(1) } }, { id: '2', resources: [] });

  const { reports } = await world.run(className);

  expect(await world.marked()).toEqual([]);
  expect(reports).toMatchObject([{ message: expect.stringContaining('was not collected in the last run') }]);
});

test('judges an account although another cloud was collected later', async () => {
  const resources = [stack('s', { expiration: '1h' })];
  await world.put(
    { id: '1', resources, metadata: { exported_at: daysAgo(1) } },
    { id: '2', cloud: 'other', resources: [] },
  );

  await world.run(className);

  expect(await world.marked()).toEqual(['s']);
});

test('marks nothing in a dry run', async () => {
  await world.put({ id: '1', resources: [stack('s', { expiration: '1h' })] });

  await world.run(className, { dry_run: true });

  expect(await world.marked()).toEqual([]);
});

function stack(id: string, tags: JsonObject): Resource {
  return { kind: 'aws_cloudformation_stack', id, reported: { tags, ctime: daysAgo(10) } };
}
