import { expect, test } from '@jest/globals';

import { readMetrics } from './metrics.ts';
import { testRun } from '../test/test-run.ts';
import { readUsage, usageWindow } from './usage.ts';

const window = { start: new Date(0), end: new Date(3_600_000), period: 3600 };
const metrics = {
  namespace: 'AWS/EBS',
  dimensions: (answer: unknown) => ({ VolumeId: String(answer) }),
  metrics: [
    { metric: 'Ops', unit: 'Count', as: 'ops', statistics: ['Sum'] },
    { metric: 'Queue', unit: 'Count', as: 'queue', statistics: ['Minimum', 'Maximum'], digits: 1 },
  ],
} as const;

test('one call asks for at most 499 metrics', async () => {
  const { run, asked } = testRun({});
  const query = {
    namespace: 'n',
    metric: 'm',
    unit: 'Count',
    statistic: 'Sum',
    dimensions: { d: 'v' },
  } as const;

  const data = await readMetrics(
    run.client,
    Array.from({ length: 1000 }, () => query),
    window,
  );

  expect(data).toHaveLength(1000);
  expect(asked.map(({ input }) => (input as { MetricDataQueries: object[] }).MetricDataQueries.length)).toEqual([
    499, 499, 2,
  ]);
});

test('answers belong to their queries by id, over all pages', async () => {
  const pages: Record<string, object> = {
    first: { NextToken: 'second', MetricDataResults: [{ Id: 'q1', Values: [7, 8], Timestamps: [] }] },
    second: {
      MetricDataResults: [
        { Id: 'q0', Values: [1], Timestamps: [] },
        { Id: 'q2', Values: [2.06], Timestamps: [] },
      ],
    },
  };
  const { run } = testRun({ GetMetricData: ({ NextToken = 'first' }: { NextToken?: string }) => pages[NextToken] });

  const usage = await readUsage(run.client, metrics, ['vol-1', 'vol-2'], window);

  expect(Object.fromEntries(usage)).toEqual({ 'vol-1': { ops: { sum: 1 }, queue: { min: 7, max: 2.1 } }, 'vol-2': {} });
});

test.each([
  ['an hour when there was no collect before', undefined, 3600, 3600],
  ['at least ten minutes', 1_000_000 - 30, 600, 600],
  ['the time since the last collect, in full minutes', 1_000_000 - 4001, 4001, 4020],
  ['coarser steps for what is older', 1_000_000 - 20 * 86_400 - 1, 20 * 86_400 + 1, 20 * 86_400 + 300],
])('usage covers %s', (_what, lastRun, seconds, period) => {
  const now = new Date(1_000_000_000);

  expect(usageWindow(now, lastRun)).toEqual({ start: new Date(now.getTime() - seconds * 1000), end: now, period });
});
