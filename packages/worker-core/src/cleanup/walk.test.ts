import { describe, expect, test } from '@jest/globals';
import { CleanupCloud, failed, type CleanupCloudOptions } from '../testing/cleanup-cloud.ts';
import { rules, selection, type TestNode } from '../testing/cleanup-graph.ts';
import type { Rules } from './judge.ts';
import type { Verdict } from './outcome.ts';
import { skipped } from './outcome.ts';
import { makePlan } from './plan.ts';
import type { KindDescription } from './resource.ts';
import { walk, type WalkOptions } from './walk.ts';
import { WorkerError } from '../errors.ts';

const box: TestNode = {};
const fast = { firstLook: 1, longestLook: 5, again: 1, longestAgain: 4 };

describe('order', () => {
  test('deletes what has to go first, and starts each node the moment that is gone', async () => {
    const { cloud, outcomes } = await run({ a: box, b: box, c: box, x: box }, ['a b', 'b c']);

    expect(cloud.deleted.filter((id) => id !== 'x')).toEqual(['c', 'b', 'a']);
    expect(outcomes).toEqual({ a: 'deleted', b: 'deleted', c: 'deleted', x: 'deleted' });
  });

  test('waits until a deletion that takes its time is finished', async () => {
    const { cloud, outcomes } = await run({ net: box, inst: box }, ['net inst'], {
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
    const { outcomes } = await run({ a1: box, a2: box, b1: box, b2: box }, ['a1 a2', 'b1 b2'], {
      before: ({ ids }) => {
        if (ids.includes('b1')) release();
        return ids.includes('a2') ? held : undefined;
      },
    });

    expect(Object.values(outcomes)).toEqual(['deleted', 'deleted', 'deleted', 'deleted']);
  });

  test('looks for many resources in one call, and deletes as many in one call as the kind says', async () => {
    const nodes = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`n${index}`, box]));
    const { cloud } = await run(nodes, [], { slow: () => 1 }, {}, rules({ acme_box: { batch: 10 } }));

    const sizes = (of: string) => cloud.calls.filter(({ verb }) => verb === of).map(({ ids }) => ids.length);
    expect(sizes('delete')).toEqual([10]);
    // What comes due while a call is made ready goes into the next one, so a slow machine may need a few.
    expect(sizes('exists').length).toBeLessThan(5);
  });

  test('resources of different accounts, regions and kinds never share a call', async () => {
    const nodes = { a: box, b: { account: 'other' }, c: { region: 'us' }, d: { kind: 'acme_disk' } };
    const { cloud } = await run(nodes, [], {}, {}, rules({ acme_box: { batch: 10 }, acme_disk: { batch: 10 } }));

    expect(cloud.calls.map(({ ids }) => ids.length)).toEqual([1, 1, 1, 1]);
  });
});

describe('pre-delete steps', () => {
  const group: TestNode = { kind: 'acme_group' };
  const groups = rules({ acme_group: { prepare: { breaks: ['acme_group'] } }, acme_box: {} });

  test('run before the deletion and break cycles', async () => {
    const { cloud, outcomes } = await run(
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
    const { cloud } = await run(
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
    const { outcomes, reasons } = await run(
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

describe('failures', () => {
  test('hold back exactly what depends on the node, with the root cause (no. 2)', async () => {
    const { outcomes, reasons } = await run({ top: box, mid: box, leaf: box, other: box }, ['top mid', 'mid leaf'], {
      answer: (verb, id) =>
        verb === 'delete' && id === 'leaf' ? failed('missing_permission', 'DeleteBox was denied') : undefined,
    });

    expect(outcomes).toEqual({ leaf: 'failed', mid: 'blocked', top: 'blocked', other: 'deleted' });
    expect(reasons['top']).toBe(
      'blocked by acme_box mid, root cause acme_box leaf (failed: its deletion failed: DeleteBox was denied)',
    );
  });

  test('whose effect nobody knows are looked into', async () => {
    const { outcomes, cloud } = await run({ a: box, b: box }, [], {
      answer(verb, id, existing) {
        if (verb !== 'delete') return undefined;
        if (id === 'a') existing.delete('a');
        return failed('deletion_failed', 'the vendor gave up');
      },
    });

    expect(outcomes).toEqual({ a: 'deleted', b: 'failed' });
    expect(cloud.deleted).toHaveLength(2);
  });

  test('in passing are sent again, after a look, and written down each time', async () => {
    const written: string[] = [];
    let attempts = 0;
    const { outcomes, cloud } = await run(
      { a: box, b: box },
      ['b a'],
      {
        answer: (verb, id) =>
          verb === 'delete' && id === 'a' && (attempts += 1) < 3 ? failed('provider_failed', 'status 503') : undefined,
      },
      {
        journal: {
          before: async (verb, _account, resources) =>
            written.push(`${verb} ${resources.map(({ nodeId }) => nodeId).join()}`),
          after: async () => {},
        },
      },
    );

    expect(outcomes).toEqual({ a: 'deleted', b: 'deleted' });
    expect(cloud.calls.map(({ verb, ids }) => `${verb} ${ids.join()}`)).toEqual([
      ...['delete a', 'exists a', 'delete a', 'exists a', 'delete a'],
      'delete b',
    ]);
    expect(written).toEqual(['delete a', 'delete a', 'delete a', 'delete b']);
  });

  test('in passing that do not pass are the outcome, with how often it was tried', async () => {
    const { outcomes, reasons, cloud } = await run({ a: box, b: box }, ['b a'], {
      answer: (verb) => (verb === 'delete' ? failed('ECONNRESET', 'the connection was cut') : undefined),
    });

    expect(outcomes).toEqual({ a: 'failed', b: 'blocked' });
    expect(reasons['a']).toBe('its deletion failed 4 times: the connection was cut');
    expect(cloud.deleted).toEqual(['a', 'a', 'a', 'a']);
  });

  test('in passing of a step and of a look are tried again', async () => {
    const seen = new Set<string>();
    const { outcomes } = await run(
      { a: { metadata: { carried: true } } },
      [],
      {
        answer: (verb) => (seen.size < seen.add(verb).size ? failed('timed_out', 'no answer') : undefined),
      },
      {},
      rules({ acme_box: { prepare: {} } }),
    );

    expect(outcomes).toEqual({ a: 'deleted' });
    expect([...seen]).toEqual(['exists', 'prepare', 'delete']);
  });

  test('of a whole call are found by trying each resource by itself', async () => {
    const { outcomes, cloud } = await run(
      { a: box, b: box, c: box },
      [],
      {
        before: ({ verb, ids }) => {
          if (verb === 'delete' && ids.includes('b')) throw new WorkerError('missing_permission', 'not b');
        },
      },
      {},
      rules({ acme_box: { batch: 10 } }),
    );

    expect(outcomes).toEqual({ a: 'deleted', b: 'failed', c: 'deleted' });
    expect(cloud.calls.map(({ ids }) => ids.length)).toEqual([3, 1, 1, 1]);
  });

  test('because something still uses the resource are tried again', async () => {
    let attempts = 0;
    const { outcomes } = await run({ a: box }, [], {
      answer: (verb) => (verb === 'delete' && (attempts += 1) < 3 ? failed('resource_in_use', 'in use') : undefined),
    });

    expect(outcomes).toEqual({ a: 'deleted' });
    expect(attempts).toBe(3);
  });

  test('because something still uses the resource are tried for as long as anything else goes on', async () => {
    let looks = 0;
    const { outcomes, cloud } = await run({ net: box, inst: box }, [], {
      slow: (id) => (id === 'inst' ? Infinity : 0),
      answer(verb, id, existing) {
        if (verb === 'delete' && id === 'net' && existing.has('inst'))
          return failed('resource_in_use', 'inst is there');
        // Far longer than a resource alone is tried.
        if (verb === 'exists' && id === 'inst' && (looks += 1) > 20) existing.delete('inst');
        return undefined;
      },
    });

    expect(outcomes).toEqual({ net: 'deleted', inst: 'deleted' });
    expect(cloud.deleted.filter((id) => id === 'net').length).toBeGreaterThan(6);
  });

  test('because something went on for long are tried again as often as others when it is over', async () => {
    let looks = 0;
    let attemptsAfter = 0;
    const { outcomes } = await run({ first: box, second: box }, [], {
      slow: (id) => (id === 'first' ? Infinity : 0),
      answer(verb, id, existing) {
        if (verb === 'exists' && id === 'first' && (looks += 1) > 20) existing.delete('first');
        if (verb !== 'delete' || id !== 'second') return undefined;
        const isOver = !existing.has('first') && (attemptsAfter += 1) > 4;
        return isOver ? undefined : failed('resource_in_use', 'another operation is in progress');
      },
    });

    expect(outcomes).toEqual({ first: 'deleted', second: 'deleted' });
  });

  test('because resources use each other end the walk', async () => {
    const { outcomes, reasons } = await run({ a: box, b: box, c: box }, ['c a'], {
      answer: (verb, id) => (verb === 'delete' && id !== 'c' ? failed('resource_in_use', 'in use') : undefined),
    });

    expect(outcomes).toEqual({ a: 'failed', b: 'failed', c: 'blocked' });
    expect(reasons['a']).toMatch(/^its deletion failed \d+ times: in use$/);
  });

  test('because the cloud is asked too often are tried again after a pause', async () => {
    let attempts = 0;
    const { outcomes } = await run({ a: box }, [], {
      answer: (verb) => (verb === 'delete' && (attempts += 1) < 2 ? failed('throttled', 'slow down') : undefined),
    });

    expect(outcomes).toEqual({ a: 'deleted' });
  });

  test('are what became of a deletion that does not come to its end', async () => {
    const { outcomes, reasons } = await run(
      { a: box, b: box },
      ['a b'],
      { slow: () => Infinity },
      {},
      rules({ acme_box: { patience: 0.02 } }),
    );

    expect(outcomes).toEqual({ b: 'failed', a: 'blocked' });
    expect(reasons['b']).toContain('still there 0.02 s after its deletion was requested');
  });
});

describe('what is gone already', () => {
  test('is told apart from what was deleted, and holds nothing back', async () => {
    const { outcomes } = await run({ a: box, b: box }, ['a b'], {
      answer: (_, id, existing) => (id === 'b' && existing.delete(id) ? { is: 'already_gone' } : undefined),
    });

    expect(outcomes).toEqual({ a: 'deleted', b: 'already_gone' });
  });

  test('a resource the last collect did not see is only deleted when it exists', async () => {
    const carried = { metadata: { carried: true } };
    const { outcomes, cloud } = await run({ a: carried, b: carried, c: carried }, [], {
      answer(verb, id) {
        if (verb !== 'exists' || id === 'a') return undefined;
        return id === 'b' ? { is: 'already_gone' } : failed('missing_permission', 'denied');
      },
    });

    expect(outcomes).toEqual({ a: 'deleted', b: 'already_gone', c: 'refused' });
    expect(cloud.deleted).toEqual(['a']);
  });

  test('a deletion that was requested before is not requested again', async () => {
    const { outcomes, cloud } = await run(
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
    const { outcomes, cloud } = await run(
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
    const { outcomes, cloud, reason } = await run(
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

describe('a stop', () => {
  test('lets what runs come to its end and starts nothing more', async () => {
    const controller = new AbortController();
    const { outcomes, cloud, reasons } = await run(
      { a: box, b: box, c: box, d: box },
      ['a b'],
      {
        before: async () => controller.abort(new Error('enough')),
      },
      { signal: controller.signal, places: 1 },
    );

    expect(cloud.calls).toHaveLength(1);
    expect(Object.values(outcomes).toSorted()).toEqual(['deleted', 'skipped', 'skipped', 'skipped']);
    expect(reasons['a']).toBe('the run was stopped: enough');
  });

  test('asks once more for what is going', async () => {
    const controller = new AbortController();
    const { outcomes, reasons } = await run(
      { a: box, b: box },
      [],
      {
        slow: (id) => (id === 'a' ? 1 : Infinity),
        before: ({ verb }) => (verb === 'delete' ? controller.abort(new Error('enough')) : undefined),
      },
      { signal: controller.signal },
      rules({ acme_box: { batch: 2 } }),
    );

    expect(outcomes).toEqual({ a: 'deleted', b: 'failed' });
    expect(reasons['b']).toContain('its deletion was requested, and it was not gone when the run was stopped');
  });

  test('ends what waits for another attempt with its failure, and looks for what may be gone', async () => {
    const controller = new AbortController();
    const { outcomes, cloud, reasons } = await run(
      { a: box, b: box, c: box, d: box },
      ['c a'],
      {
        answer(verb, id, existing) {
          if (verb === 'exists') return undefined;
          if (id === 'a') return failed('resource_in_use', 'in use');
          if (id === 'd') existing.delete('d');
          return failed('provider_failed', 'status 503');
        },
        before: async ({ verb, ids }) => {
          if (verb === 'exists' && ids.includes('b')) controller.abort(new Error('enough'));
        },
      },
      { signal: controller.signal, pauses: { ...fast, again: 600_000, longestAgain: 600_000 } },
    );

    expect(outcomes).toEqual({ a: 'failed', b: 'failed', c: 'skipped', d: 'deleted' });
    expect(reasons['a']).toBe('its deletion failed: in use');
    expect(cloud.deleted.toSorted()).toEqual(['a', 'b', 'd']);
  });

  test('before the first node leaves everything', async () => {
    const { outcomes, cloud } = await run({ a: box }, [], {}, { signal: AbortSignal.abort(new Error('no')) });

    expect(outcomes).toEqual({ a: 'skipped' });
    expect(cloud.calls).toEqual([]);
  });
});

test('no more calls run at once than there are places', async () => {
  let running = 0;
  let most = 0;
  const nodes = Object.fromEntries(
    Array.from({ length: 30 }, (_, index) => [`n${index}`, { region: `r${index % 5}` }]),
  );
  await run(
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
  const { cloud } = await run(
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

interface Run {
  readonly cloud: CleanupCloud;
  readonly outcomes: Record<string, string>;
  readonly reasons: Record<string, string>;
  readonly reason: unknown;
}

async function run(
  nodes: Readonly<Record<string, TestNode>>,
  edges: readonly string[],
  cloudOptions: CleanupCloudOptions = {},
  options: Partial<WalkOptions> = {},
  given: Rules = rules(),
): Promise<Run> {
  const clouds: ReadonlyMap<string, ReadonlyMap<string, KindDescription>> = given.clouds;
  const plan = makePlan(selection(nodes, edges, given), clouds);
  const uses = new Map<string, string[]>();
  for (const edge of edges) {
    const [from = '', to = ''] = edge.split(' ');
    uses.set(from, [...(uses.get(from) ?? []), to]);
  }
  const cloud = new CleanupCloud(Object.keys(nodes), { uses, ...cloudOptions });
  const verdicts = new Map<string, Verdict>();
  let calls = 0;
  const reason = await walk({
    plan,
    call: cloud.call,
    journal: { before: async () => (calls += 1), after: async () => {} },
    check: async () => new Map(),
    places: 8,
    signal: new AbortController().signal,
    pauses: fast,
    ...options,
    onOutcome: (node, verdict) => {
      const id = plan.nodes[node]?.node.id ?? '';
      if (verdicts.has(id)) throw new Error(`${id} ended twice`);
      verdicts.set(id, verdict);
    },
  });
  return {
    cloud,
    outcomes: Object.fromEntries([...verdicts].map(([id, { outcome }]) => [id, outcome])),
    reasons: Object.fromEntries([...verdicts].map(([id, verdict]) => [id, verdict.reason])),
    reason,
  };
}
