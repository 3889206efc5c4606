import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@resoto/worker-core/plugin';

import { daysAgo, eventsOf, openWorld, type Resource, type World } from '../../test/world.ts';

const className = 'CleanupAWSLoadbalancersPlugin';
let world: World;

beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

describe('a classic load balancer', () => {
  test('is marked when no instance is behind it that is not terminated', async () => {
    await world.put({
      id: '1',
      resources: [
        elb('empty'),
        elb('dead'),
        elb('busy'),
        elb('named', { backends: ['i-9'] }),
        instance('i-1', 'terminated', ['dead']),
        instance('i-2', 'stopped', ['busy']),
      ],
    });

    await world.run(className);

    expect(await world.marked()).toEqual(['dead', 'empty']);
    expect(eventsOf(await world.node('empty'))).toEqual([
      'Marked for cleanup: There is no instance behind the load balancer',
    ]);
  });
});

describe('a load balancer', () => {
  test('is marked with its target groups when they are all without instances', async () => {
    await world.put({
      id: '1',
      resources: [
        alb('alone'),
        alb('empty'),
        group('empty-group', ['empty']),
        alb('dead'),
        group('dead-group', ['dead']),
        instance('i-1', 'terminated', ['dead-group']),
      ],
    });

    await world.run(className);

    expect(await world.marked()).toEqual(['alone', 'dead', 'dead-group', 'empty', 'empty-group']);
  });

  test.each<[string, readonly Resource[]]>([
    ['an instance in a target group', [alb('lb'), group('g', ['lb']), instance('i-1', 'running', ['g'])]],
    ['backends', [alb('lb', { backends: ['i-9'] }), group('g', ['lb'])]],
    ['a target group for addresses', [alb('lb'), group('g', ['lb'], { target_type: 'ip' })]],
    ['a target group that is young', [alb('lb'), group('g', ['lb'], { ctime: daysAgo(2) })]],
    [
      'a target group that another one uses',
      [alb('lb'), alb('other', { backends: ['i'] }), group('g', ['lb', 'other'])],
    ],
    ['a target group that is never to be deleted', [alb('lb'), group('g', ['lb'], { tags: { expiration: 'never' } })]],
    [
      'one used and one empty target group',
      [...[alb('lb'), group('g', ['lb']), group('h', ['lb'])], instance('i-1', 'running', ['h'])],
    ],
  ])('is left alone with %s', async (_, resources) => {
    await world.put({ id: '1', resources });

    await world.run(className);

    expect(await world.marked()).toEqual([]);
  });
});

describe('a target group', () => {
  test('is marked when no load balancer uses it', async () => {
    await world.put({
      id: '1',
      resources: [
        group('orphan', []),
        group('named', [], { alb_lb_arns: ['arn:lb'] }),
        { kind: 'aws_ecs_service', id: 'service' },
        group('of-service', ['service']),
      ],
    });

    await world.run(className);

    expect(await world.marked()).toEqual(['orphan']);
    expect(eventsOf(await world.node('orphan'))).toEqual([
      'Marked for cleanup: No load balancer uses the target group',
    ]);
  });
});

test.each<[string, Partial<Resource>]>([
  ['is too young', { reported: { ctime: daysAgo(6.9) } }],
  ['is never to be deleted', { reported: { tags: { expiration: 'never' } } }],
  ['is protected', { metadata: { protected: true } }],
  ['is carried over', { metadata: { carried: true } }],
])('leaves alone what %s', async (_, { reported, metadata }) => {
  const make = [elb, alb, (id: string, more?: JsonObject) => group(id, [], more)];
  const resources = make.map((of, index) => ({ ...of(`r${index}`, reported), ...(metadata && { metadata }) }));
  await world.put({ id: '1', resources });

  await world.run(className);

  expect(await world.marked()).toEqual([]);
});

test('an age equal to the setting is old enough', async () => {
  await world.put({ id: '1', resources: [elb('lb', { ctime: daysAgo(7) })] });

  await world.run(className);

  expect(await world.marked()).toEqual(['lb']);
});

test.each(['aws_alb', 'aws_alb_target_group', 'aws_ec2_instance'])(
  'concludes nothing where %s could not be listed',
  async (kind) => {
    await world.put({ id: '1', resources: [alb('lb'), group('orphan', [])], metadata: { incomplete: [kind] } });

    const { reports } = await world.run(className);

    expect(await world.marked()).toEqual([]);
    expect(reports).toMatchObject([{ message: expect.stringContaining(`${kind} of its account could not be listed`) }]);
  },
);

test('marks nothing in a dry run', async () => {
  await world.put({ id: '1', resources: [elb('lb')] });

  await world.run(className, { dry_run: true });

  expect(await world.marked()).toEqual([]);
});

function elb(id: string, reported: JsonObject = {}): Resource {
  return { kind: 'aws_elb', id, reported: { ctime: daysAgo(30), backends: [], ...reported } };
}

function alb(id: string, reported: JsonObject = {}): Resource {
  return { kind: 'aws_alb', id, reported: { ctime: daysAgo(30), backends: [], ...reported } };
}

/** A target group that has to be deleted after its load balancers. */
function group(id: string, balancers: readonly string[], reported: JsonObject = {}): Resource {
  const known = { ctime: daysAgo(30), target_type: 'instance', ...reported };
  return { kind: 'aws_alb_target_group', id, reported: known, after: balancers };
}

/** An instance that has to be deleted after what it is behind of. */
function instance(id: string, status: string, after: readonly string[]): Resource {
  return { kind: 'aws_ec2_instance', id, reported: { instance_status: status }, after };
}
