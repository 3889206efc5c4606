import { expect, test } from '@jest/globals';

import { readConfig } from './config.ts';
import { regionsOf } from './regions.ts';
import { defaults, testRun } from '../test/test-run.ts';

async function regions(enabled: readonly string[], config = {}) {
  const { run, asked } = testRun({ DescribeRegions: { Regions: enabled.map((RegionName) => ({ RegionName })) } });
  const session = { in: () => run.client, close() {} };
  const found = await regionsOf(session, 'aws', readConfig({ ...defaults, ...config }));
  return { found, asked: asked.map(({ call }) => call) };
}

test('each account has the regions that are enabled in it, not those of the first one (no. 24)', async () => {
  const first = await regions(['us-east-1', 'eu-west-1']);
  const second = await regions(['us-east-1', 'ap-south-2']);

  expect(first.found).toEqual(['us-east-1', 'eu-west-1']);
  expect(second.found).toEqual(['us-east-1', 'ap-south-2']);
});

test('regions of the configuration are not asked for', async () => {
  const { found, asked } = await regions(['us-east-1'], { region: ['eu-west-1'] });

  expect([found, asked]).toEqual([['eu-west-1'], []]);
});
