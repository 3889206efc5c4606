import { expect, test } from '@jest/globals';

import { withMetrics } from './metrics.ts';

test('the table of metrics replaces what stands between its marks', () => {
  const text = withMetrics('before\n<!-- metrics -->\nstale\n<!-- end -->\nafter\n');

  expect(text).toMatch(/^before\n<!-- metrics -->\n\n\| Name +\| Type +\| Labels +\| Counts +\|\n\| -+ \|/);
  expect(text).toMatch(
    /^\| `resoto_worker_account_nodes` +\| gauge +\| `cloud` `account` +\| Nodes of the last collect +\|$/m,
  );
  expect(text).toMatch(/\|\n\n<!-- end -->\nafter\n$/);
  expect(text).not.toContain('stale');
  expect(withMetrics(text)).toBe(text);
});
