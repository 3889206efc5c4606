import { describe, expect, test } from '@jest/globals';
import { WorkerError } from '../errors.ts';
import { failed } from '../testing/cleanup-cloud.ts';
import { rules, type TestNode } from '../testing/cleanup-graph.ts';
import { fastPauses, runWalk } from '../testing/cleanup-walk.ts';

const box: TestNode = {};

describe('failures', () => {
  test('hold back exactly what depends on the node, with the root cause (no. 2)', async () => {
    const { outcomes, reasons } = await runWalk(
      { top: box, mid: box, leaf: box, other: box },
      ['top mid', 'mid leaf'],
      {
        answer: (verb, id) =>
          verb === 'delete' && id === 'leaf' ? failed('missing_permission', 'DeleteBox was denied') : undefined,
      },
    );

    expect(outcomes).toEqual({ leaf: 'failed', mid: 'blocked', top: 'blocked', other: 'deleted' });
    expect(reasons['top']).toBe(
      'blocked by acme_box mid, root cause acme_box leaf (failed: its deletion failed: DeleteBox was denied)',
    );
  });

  test('whose effect nobody knows are looked into', async () => {
    const { outcomes, cloud } = await runWalk({ a: box, b: box }, [], {
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
    const { outcomes, cloud } = await runWalk(
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
    const { outcomes, reasons, cloud } = await runWalk({ a: box, b: box }, ['b a'], {
      answer: (verb) => (verb === 'delete' ? failed('ECONNRESET', 'the connection was cut') : undefined),
    });

    expect(outcomes).toEqual({ a: 'failed', b: 'blocked' });
    expect(reasons['a']).toBe('its deletion failed 4 times: the connection was cut');
    expect(cloud.deleted).toEqual(['a', 'a', 'a', 'a']);
  });

  test('in passing of a step and of a look are tried again', async () => {
    const seen = new Set<string>();
    const { outcomes } = await runWalk(
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
    const { outcomes, cloud } = await runWalk(
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
    const { outcomes } = await runWalk({ a: box }, [], {
      answer: (verb) => (verb === 'delete' && (attempts += 1) < 3 ? failed('resource_in_use', 'in use') : undefined),
    });

    expect(outcomes).toEqual({ a: 'deleted' });
    expect(attempts).toBe(3);
  });

  test('because something still uses the resource are tried for as long as anything else goes on', async () => {
    let looks = 0;
    const { outcomes, cloud } = await runWalk({ net: box, inst: box }, [], {
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
    const { outcomes } = await runWalk({ first: box, second: box }, [], {
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
    const { outcomes, reasons } = await runWalk({ a: box, b: box, c: box }, ['c a'], {
      answer: (verb, id) => (verb === 'delete' && id !== 'c' ? failed('resource_in_use', 'in use') : undefined),
    });

    expect(outcomes).toEqual({ a: 'failed', b: 'failed', c: 'blocked' });
    expect(reasons['a']).toMatch(/^its deletion failed \d+ times: in use$/);
  });

  test('because the cloud is asked too often are tried again after a pause', async () => {
    let attempts = 0;
    const { outcomes } = await runWalk({ a: box }, [], {
      answer: (verb) => (verb === 'delete' && (attempts += 1) < 2 ? failed('throttled', 'slow down') : undefined),
    });

    expect(outcomes).toEqual({ a: 'deleted' });
  });

  test('are what became of a deletion that does not come to its end', async () => {
    const { outcomes, reasons } = await runWalk(
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

describe('a stop', () => {
  test('lets what runs come to its end and starts nothing more', async () => {
    const controller = new AbortController();
    const { outcomes, cloud, reasons } = await runWalk(
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
    const { outcomes, reasons } = await runWalk(
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
    const { outcomes, cloud, reasons } = await runWalk(
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
      { signal: controller.signal, pauses: { ...fastPauses, again: 600_000, longestAgain: 600_000 } },
    );

    expect(outcomes).toEqual({ a: 'failed', b: 'failed', c: 'skipped', d: 'deleted' });
    expect(reasons['a']).toBe('its deletion failed: in use');
    expect(cloud.deleted.toSorted()).toEqual(['a', 'b', 'd']);
  });

  test('before the first node leaves everything', async () => {
    const { outcomes, cloud } = await runWalk({ a: box }, [], {}, { signal: AbortSignal.abort(new Error('no')) });

    expect(outcomes).toEqual({ a: 'skipped' });
    expect(cloud.calls).toEqual([]);
  });
});
