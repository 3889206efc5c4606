import { describe, expect, test } from '@jest/globals';

import { accountSource, drawInstanceGroup, drawNetworks, drawRegions, drawWorld } from './draw.ts';
import { loadIds } from './ids.ts';
import { randomSource, roundHalfEven } from './random-source.ts';

const seeds = Array.from({ length: 200 }, (_, seed) => seed);

test('halves are rounded to the even neighbour', () => {
  expect([0.5, 1.5, 2.5, 0.4, 2.6, 3].map(roundHalfEven)).toEqual([0, 2, 2, 0, 3, 3]);
});

test('ids depend on the place only', async () => {
  const ids = await loadIds();

  expect(ids.account(0)).toBe('276222570313970');
  expect(ids.resource('rndnet', '276222570313970/ap-southeast-1/rndnet-0')).toMatch(/^rndnet-[0-9a-f]{20}$/);
});

describe('a source of random numbers', () => {
  test('draws both ends of a range, and nothing outside', () => {
    const source = randomSource(1);

    const drawn = new Set(Array.from({ length: 1000 }, () => source.integer(2, 5)));

    expect(drawn).toEqual(new Set([2, 3, 4, 5]));
  });

  test('draws keys by their weight', () => {
    const source = randomSource(1);

    const drawn = Array.from({ length: 10_000 }, () => source.weighted({ rare: 1, common: 99 }));

    const rare = drawn.filter((key) => key === 'rare').length;
    expect(rare).toBeGreaterThan(50);
    expect(rare).toBeLessThan(200);
  });

  test('draws different items in a sample, at most all', () => {
    const sample = randomSource(1).sample(['a', 'b', 'c'], 5);

    expect(sample.toSorted()).toEqual(['a', 'b', 'c']);
  });

  test('repeats itself with the same seed, and differs with another seed or stream', () => {
    const numbers = (seed: number, stream: number) => {
      const source = randomSource(seed, stream);
      return Array.from({ length: 5 }, () => source.integer(0, 1_000_000));
    };

    expect(numbers(7, 0)).toEqual(numbers(7, 0));
    expect(numbers(7, 0)).not.toEqual(numbers(8, 0));
    expect(numbers(7, 0)).not.toEqual(numbers(7, 1));
    expect(numbers(7, 0)).not.toEqual(numbers(7 + 2 ** 32, 0));
  });
});

describe('counts of what is drawn', () => {
  test('of accounts are 1 to 10, whatever the size is', () => {
    const counts = seeds.map((seed) => drawWorld({ seed, size: 0.1 }).accounts);

    expect([Math.min(...counts), Math.max(...counts)]).toEqual([1, 10]);
  });

  test('of regions and networks grow with the size', () => {
    const counts = (size: number) => {
      const sources = seeds.map((seed) => accountSource({ seed, size }, 0));
      const regions = sources.map((source) => drawRegions(source, size).length);
      const networks = sources.map((source) => drawNetworks(source, size));
      return [Math.min(...regions), Math.max(...regions), Math.min(...networks), Math.max(...networks)];
    };

    expect(counts(1)).toEqual([1, 4, 1, 4]);
    expect(counts(2)).toEqual([2, 8, 2, 8]);
    expect(counts(0.1)).toEqual([0, 0, 0, 0]);
  });

  test('of instances are 0 to 50 and up to 2 more, of volumes 1 to 5 for each', () => {
    const groups = seeds.flatMap((seed) => {
      const source = randomSource(seed);
      return Array.from({ length: 20 }, () => drawInstanceGroup(source, ['Ada'], 1));
    });

    const instances = groups.map((group) => group.instances);
    const volumes = new Set(groups.map((group) => group.volumesPerInstance));
    expect([Math.min(...instances), Math.max(...instances)]).toEqual([0, 52]);
    expect(volumes).toEqual(new Set([1, 2, 3, 4, 5]));
  });
});

test('nobody owns anything in a cloud without employees', () => {
  const source = randomSource(1);

  const groups = Array.from({ length: 50 }, () => drawInstanceGroup(source, [], 1));

  expect(groups.filter(({ owner, tags }) => owner !== undefined || 'owner' in tags)).toEqual([]);
});

test('regions are named after their template and the round it is used in', () => {
  const regions = seeds.flatMap((seed) => drawRegions(randomSource(seed), 1));

  for (const { id, name } of regions) expect(`${id} ${name}`).toMatch(/^[a-z]+-[a-z]+-(\d+) [A-Za-z ]+ \1$/);
});
