import { describe, expect, test } from '@jest/globals';
import { failed } from '../testing/cleanup-cloud.ts';
import { rules, type TestNode } from '../testing/cleanup-graph.ts';
import { runWalk } from '../testing/cleanup-walk.ts';
import { skipped } from './outcome.ts';

const box: TestNode = {};

describe('order', () => {
  test('deletes what has to go first, and starts each node the moment that is gone', async () => {
    const { cloud, outcomes } = await runWalk({ a: box, b: box, c: box, x: box }, ['a b', 'b c']);

    expect(cloud.deleted.filter((id) => id !== 'x')).toEqual(['c', 'b', 'a']);
    expect(outcomes).toEqual({ a: 'deleted', b: 'deleted', c: 'deleted', x: 'deleted' });
  });

  test('waits until a deletion that takes its time is finished', async () => {
    const { cloud, outcomes } = await runWalk({ net: box, inst: box }, ['net inst'], {
      slow: (id) => (id === 'inst' ? 3 : 0),
    });

    expect(cloud.violations).toEqual([]);
    expect(cloud.calls.map(({ verb, ids }) => `${verb} ${ids.join()}`)).toEqual([
      'delete inst',
      'exists inst',
      'exists inst',
      'exists inst',
      'delete net',
    ]);
    expect(outcomes).toEqual({ inst: 'deleted', net: 'deleted' });
  });

  test('a slow branch does not hold up another one', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const { outcomes } = await runWalk({ a1: box, a2: box, b1: box, b2: box }, ['a1 a2', 'b1 b2'], {
      before: ({ ids }) => {
        if (ids.includes('b1')) release();
        return ids.includes('a2') ? held : undefined;
      },
    });

    expect(Object.values(outcomes)).toEqual(['deleted', 'deleted', 'deleted', 'deleted']);
  });

  test('looks for many resources in one call, and deletes as many in one call as the kind says', async () => {
    const nodes = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`n${index}`, box]));
    const { cloud } = await runWalk(nodes, [], { slow: () => 1 }, {}, rules({ acme_box: { batch: 10 } }));

    const sizes = (of: string) => cloud.calls.filter(({ verb }) => verb === of).map(({ ids }) => ids.length);
    expect(sizes('delete')).toEqual([10]);
    // What comes due while a call is made ready goes into the next one, so a slow machine may need a few.
    expect(sizes('exists').length).toBeLessThan(5);
  });

  test('resources of different accounts, regions and kinds never share a call', async () => {
    const nodes = { a: box, b: { account: 'other' }, c: { region: 'us' }, d: { kind: 'acme_disk' } };
    const { cloud } = await runWalk(nodes, [], {}, {}, rules({ acme_box: { batch: 10 }, acme_disk: { batch: 10 } }));

    expect(cloud.calls.map(({ ids }) => ids.length)).toEqual([1, 1, 1, 1]);
  });
});

describe('pre-delete steps', () => {
  const group: TestNode = { kind: 'acme_group' };
  const groups = rules({ acme_group: { prepare: { breaks: ['acme_group'] } }, acme_box: {} });

  test('run before the deletion and break cycles', async () => {
    const { cloud, outcomes } = await runWalk(
      { a: group, b: group, c: group },
      ['a b', 'b c', 'c a'],
      { tied: () => true },
      {},
      groups,
    );

    expect(outcomes).toEqual({ a: 'deleted', b: 'deleted', c: 'deleted' });
    expect(cloud.violations).toEqual([]);
  });

  test('wait for what lies outside of their cycle', async () => {
    const { cloud } = await runWalk(
      { a: group, b: group, inst: box },
      ['a b', 'b a', 'a inst', 'b inst'],
      { tied: (_, other) => other !== 'inst' },
      {},
      groups,
    );

    expect(cloud.calls[0]).toEqual({ verb: 'delete', ids: ['inst'] });
    expect(cloud.violations).toEqual([]);
  });

  test('that fail leave the resource and what waits for it', async () => {
    const { outcomes, reasons } = await runWalk(
      { a: group, b: group, z: group },
      ['a b', 'b a'],
      {
        answer: (verb, id) => (verb === 'prepare' && id === 'a' ? failed('missing_permission', 'no') : undefined),
      },
      {},
      groups,
    );

    expect(outcomes).toEqual({ a: 'failed', b: 'blocked', z: 'deleted' });
    expect(reasons['a']).toBe('its pre-delete step failed: no');
  });
});

describe('what is gone already', () => {
  test('is told apart from what was deleted, and holds nothing back', async () => {
    const { outcomes } = await runWalk({ a: box, b: box }, ['a b'], {
      answer: (_, id, existing) => (id === 'b' && existing.delete(id) ? { is: 'already_gone' } : undefined),
    });

    expect(outcomes).toEqual({ a: 'deleted', b: 'already_gone' });
  });

  test('a resource the last collect did not see is only deleted when it exists', async () => {
    const carried = { metadata: { carried: true } };
    const { outcomes, cloud } = await runWalk({ a: carried, b: carried, c: carried }, [], {
      answer(verb, id) {
        if (verb !== 'exists' || id === 'a') return undefined;
        return id === 'b' ? { is: 'already_gone' } : failed('missing_permission', 'denied');
      },
    });

    expect(outcomes).toEqual({ a: 'deleted', b: 'already_gone', c: 'refused' });
    expect(cloud.deleted).toEqual(['a']);
  });

  test('a deletion that was requested before is not requested again', async () => {
    const { outcomes, cloud } = await runWalk(
      { a: box, b: box },
      ['b a'],
      { answer: (_, id, existing) => (id === 'a' && existing.delete(id) ? { is: 'already_gone' } : undefined) },
      {
        requested: new Set(['a']),
      },
    );

    expect(outcomes).toEqual({ a: 'deleted', b: 'deleted' });
    expect(cloud.deleted).toEqual(['b']);
  });
});

describe('the check directly before a deletion', () => {
  test('spares what was unmarked or protected meanwhile (no. 4)', async () => {
    const { outcomes, cloud } = await runWalk(
      { a: box, b: box, c: box },
      ['c b'],
      {},
      {
        check: async (nodes) =>
          new Map(nodes.filter((node) => node === 1).map((node) => [node, skipped('it is not marked any more')])),
      },
    );

    expect(outcomes).toEqual({ a: 'deleted', b: 'skipped', c: 'blocked' });
    expect(cloud.deleted).toEqual(['a']);
  });

  test('that fails ends the walk without a deletion', async () => {
    const { outcomes, cloud, reason } = await runWalk(
      { a: box, b: box },
      [],
      {},
      {
        check: () => Promise.reject(new Error('the core is gone')),
      },
    );

    expect(cloud.calls).toEqual([]);
    expect(outcomes).toEqual({ a: 'skipped', b: 'skipped' });
    expect(reason).toMatchObject({ message: 'the core is gone' });
  });
});

test('no more calls run at once than there are places', async () => {
  let running = 0;
  let most = 0;
  const nodes = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`n${index}`, { region: `r${index % 5}` }]),
  );
  await runWalk(
    nodes,
    [],
    {
      before: async () => {
        most = Math.max(most, (running += 1));
        await new Promise(setImmediate);
        running -= 1;
      },
    },
    { places: 3 },
  );

  expect(most).toBe(3);
});

test('nothing is called that was not written down before', async () => {
  const written = new Set<string>();
  const { cloud } = await runWalk(
    { a: box, b: box },
    ['a b'],
    {
      before: ({ verb, ids }) => expect(written).toContain(`${verb} ${ids.join()}`),
    },
    {
      journal: {
        before: async (verb, _account, resources) => {
          written.add(`${verb} ${resources.map(({ nodeId }) => nodeId).join()}`);
          return 1;
        },
        after: async () => {},
      },
    },
  );

  expect(cloud.deleted).toEqual(['b', 'a']);
});
