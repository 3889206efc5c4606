import { expect, test } from '@jest/globals';

import { killLoop } from './kill-loop.ts';

test('a worker that is killed at any point ends each run with the whole graph, once, and leaves nothing behind', async () => {
  const report = await killLoop({ kills: 12, seed: 7 });

  expect(report.kills).toBeGreaterThanOrEqual(12);
  expect(report.collects).toBeGreaterThan(6);
  expect(Object.keys(report.points).length).toBeGreaterThan(2);
});
