import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { rules, selection } from '../testing/cleanup-graph.ts';
import { accountKey, applyBrakes, type BrakeSettings, type CountResources } from './brakes.ts';
import { Marks } from './marks.ts';
import { makePlan } from './plan.ts';

const none: BrakeSettings = {
  cleanup_max_resources: null,
  cleanup_max_per_account: null,
  cleanup_max_share: null,
};
const nodes = { a: {}, b: {}, c: { account: 'other' }, d: { metadata: { protected: true } } };
const plan = makePlan(selection(nodes, []), rules().clouds);
const tenEach: CountResources = async (accounts) => new Map(accounts.map((account) => [accountKey(account), 10]));

describe('a brake', () => {
  test.each<[string, Partial<BrakeSettings>]>([
    ['cleanup_max_resources', { cleanup_max_resources: 2 }],
    ['cleanup_max_per_account', { cleanup_max_per_account: 1 }],
    ['cleanup_max_share', { cleanup_max_share: 0.19 }],
  ])('%s stops what goes beyond it, and says so', async (name, setting) => {
    const braked = applyBrakes(plan, { ...none, ...setting }, tenEach);

    await expect(braked).rejects.toMatchObject({ code: 'cleanup_brake', message: expect.stringContaining(name) });
  });

  test('lets pass what is within its limit; what stays does not count', async () => {
    const limits = { cleanup_max_resources: 3, cleanup_max_per_account: 2, cleanup_max_share: 0.2 };

    await expect(applyBrakes(plan, limits, tenEach)).resolves.toBeUndefined();
  });

  test('on the share asks once for all accounts, and stops where nobody knows how many resources one has', async () => {
    const asked: unknown[] = [];
    const countsOfOne: CountResources = async (accounts) => {
      asked.push(accounts);
      return new Map([[accountKey({ cloud: 'acme', id: 'main' }), 10]]);
    };

    const braked = applyBrakes(plan, { ...none, cleanup_max_share: 0.5 }, countsOfOne);

    await expect(braked).rejects.toMatchObject({ message: expect.stringContaining('1 of 0 resources of acme other') });
    expect(asked).toEqual([['main', 'other'].map((id) => ({ cloud: 'acme', id }))]);
  });

  test.each<Partial<BrakeSettings>>([{ cleanup_max_resources: -1 }, { cleanup_max_share: 25 }])(
    'that makes no sense stops everything: %p',
    async (setting) => {
      const braked = applyBrakes(plan, { ...none, ...setting }, tenEach);

      await expect(braked).rejects.toMatchObject({ code: 'wrong_configuration' });
    },
  );
});

describe('the age of a mark', () => {
  let directory: string;
  beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'marks-'))));
  afterEach(() => rm(directory, { recursive: true }));

  const seen = async (now: number, ids: readonly string[], place = 'core graph'): Promise<readonly number[]> => {
    const marks = await Marks.read(join(directory, 'marks.json'), place, now);
    const ages = ids.map((id) => marks.age(id));
    await marks.write();
    return ages;
  };

  test('counts from the first run that saw it', async () => {
    expect(await seen(1_000_000, ['a'])).toEqual([0]);
    expect(await seen(1_060_000, ['a', 'b'])).toEqual([60, 0]);
  });

  test('begins again when a run did not see it', async () => {
    await seen(1_000_000, ['a']);
    await seen(1_060_000, []);

    expect(await seen(1_120_000, ['a'])).toEqual([0]);
  });

  test('is nothing when the file is broken, of another graph, or from the future', async () => {
    await seen(1_000_000, ['a']);
    expect(await seen(1_060_000, ['a'], 'core other')).toEqual([0]);
    await seen(9_000_000, ['a']);
    expect(await seen(1_000, ['a'])).toEqual([0]);
    await writeFile(join(directory, 'marks.json'), '{"place"');
    expect(await seen(9_000_000, ['a'])).toEqual([0]);
  });
});
