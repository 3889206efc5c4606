import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JsonObject } from '@resoto/worker-core/plugin';

import { collected, daysAgo, eventsOf, openWorld, type Resource, type World } from '../../test/world.ts';

const className = 'CleanupAWSAlarmsPlugin';
const everywhere = { config: {} };
let world: World;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

test('marks alarms none of whose instances exists, with the reason', async () => {
  await world.put({
    id: '1',
    resources: [
      instance('i-alive', 'stopped'),
      instance('i-dead', 'terminated'),
      alarm('of-gone', ['i-gone']),
      alarm('of-terminated', ['i-dead', 'i-gone']),
      alarm('of-alive', ['i-alive']),
      alarm('of-some', ['i-gone', 'i-alive']),
    ],
  });

  await world.run(className, everywhere);

  expect(await world.marked()).toEqual(['of-gone', 'of-terminated']);
  expect(eventsOf(await world.node('of-gone'))).toEqual([
    'Marked for cleanup: None of the EC2 instances it watches exists',
  ]);
});

test.each<[string, Resource]>([
  ['watches something else', alarm('a', ['q'], 'QueueName')],
  ['watches nothing', alarm('a', [])],
  ['is protected', { ...alarm('a', ['i-gone']), metadata: { protected: true } }],
  ['is carried over', { ...alarm('a', ['i-gone']), metadata: { carried: true } }],
  ['was changed since the collect', alarm('a', ['i-gone'], 'InstanceId', collected)],
])('leaves alone an alarm that %s', async (_, resource) => {
  await world.put({ id: '1', resources: [resource] });

  await world.run(className, everywhere);

  expect(await world.marked()).toEqual([]);
});

test('leaves alone the alarm of an instance of another account', async () => {
  await world.put({ id: '1', resources: [alarm('a', ['i-1'])] }, { id: '2', resources: [instance('i-1', 'running')] });

  await world.run(className, everywhere);

  expect(await world.marked()).toEqual([]);
});

test('leaves alone the alarm of an instance that was terminated when it was last seen', async () => {
  const carried = { ...instance('i-1', 'terminated'), metadata: { carried: true } };
  await world.put({ id: '1', resources: [alarm('a', ['i-1']), carried] });

  await world.run(className, everywhere);

  expect(await world.marked()).toEqual([]);
});

test('concludes nothing where instances could not be listed', async () => {
  const metadata = { incomplete: ['aws_ec2_instance'] };
  await world.put({ id: '1', resources: [alarm('a', ['i-gone'])], metadata });

  const { reports } = await world.run(className, everywhere);

  expect(await world.marked()).toEqual([]);
  expect(reports).toEqual([
    {
      level: 'info',
      message: 'left alone: aws_ec2_instance of its account could not be listed: 1 resource (aws_cloudwatch_alarm a)',
    },
  ]);
});

test.each<[string, JsonObject, string[]]>([
  ['all accounts when none is named', { config: {} }, ['a1', 'a2']],
  ['all accounts when it is null', { config: null }, ['a1', 'a2']],
  ['the named accounts', { config: { aws: ['2'] } }, ['a2']],
  ['the sample accounts by default', {}, []],
])('looks at %s', async (_, config, marked) => {
  await world.put({ id: '1', resources: [alarm('a1', ['i-gone'])] }, { id: '2', resources: [alarm('a2', ['i-gone'])] });

  await world.run(className, config);

  expect(await world.marked()).toEqual(marked);
});

test('marks nothing in a dry run', async () => {
  await world.put({ id: '1', resources: [alarm('a', ['i-gone'])] });

  const { reports } = await world.run(className, { ...everywhere, dry_run: true });

  expect(await world.marked()).toEqual([]);
  expect(reports).toMatchObject([{ message: expect.stringMatching(/^dry run, /) }]);
});

function alarm(id: string, values: readonly string[], name = 'InstanceId', mtime = daysAgo(9)): Resource {
  const dimensions = values.map((value) => ({ name, value }));
  return { kind: 'aws_cloudwatch_alarm', id, reported: { cloudwatch_dimensions: dimensions, mtime } };
}

function instance(id: string, status: string): Resource {
  return { kind: 'aws_ec2_instance', id, reported: { instance_status: status } };
}
