/** When resources were last used, as far as a metric tells. */
import { asDateTime } from '@resoto/worker-core/plugin';

import { readMetrics } from './metrics.ts';
import type { MetricData, MetricQuery } from './metrics.ts';
import type { RegionRun } from './region-run.ts';

export interface ActivityQuery {
  /** Is zero as long as nothing happens. */
  readonly metric: MetricQuery;
  /** When the resource was created. */
  readonly created: unknown;
}

/**
 * The time of the newest data point that is not zero, for each query. Without one: the start of the time that is looked at,
 * or the creation of the resource where that is later.
 */
export async function readLastActivity(run: RegionRun, queries: readonly ActivityQuery[]): Promise<unknown[]> {
  const now = run.context.startedAt;
  const start = new Date(now.getTime() - run.config.accessPeriod * 1000);
  const window = { start, end: now, period: run.config.accessGranularity };
  const data = await readMetrics(
    run.client,
    queries.map(({ metric }) => metric),
    window,
  );
  return queries.map(({ created }, index) => asDateTime(lastActivity(data[index]) ?? latest(created, start)));
}

function lastActivity(data: MetricData | undefined): unknown {
  return data?.times[data.values.findIndex((value) => value !== 0)];
}

function latest(created: unknown, start: Date): unknown {
  return new Date(String(created)) > start ? created : start;
}
