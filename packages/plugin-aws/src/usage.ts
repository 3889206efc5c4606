/** Usage metrics of nodes: what a resource did since the last collect. */
import type { ReadClient } from './call.ts';
import { readMetrics } from './metrics.ts';
import type { Dimensions, MetricData, MetricQuery, Statistic, Window } from './metrics.ts';

/** Metric → statistic → value. */
export type Usage = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** A metric as the vendor has it, and under what name it is reported. */
export interface UsageMetric {
  readonly metric: string;
  readonly unit: string;
  readonly as: string;
  readonly statistics: readonly Statistic[];
  /** Digits after the point. Absent: all. */
  readonly digits?: number;
}

/** The metrics of a kind: where they are, and which dimensions those of a node have. */
export interface UsageMetrics {
  readonly namespace: string;
  /** Reads them from the vendor's answer about a node. */
  readonly dimensions: (answer: unknown) => Dimensions;
  readonly metrics: readonly UsageMetric[];
}

/** A metric of which the total counts. */
export function sumOf(metric: string, unit: string, as: string): UsageMetric {
  return { metric, unit, as, statistics: ['Sum'] };
}

/** A metric that goes up and down. */
export function rangeOf(metric: string, unit: string, as: string): UsageMetric {
  return { metric, unit, as, statistics: ['Minimum', 'Average', 'Maximum'], digits: 3 };
}

const shortNames: Readonly<Record<Statistic, string>> = { Minimum: 'min', Average: 'avg', Maximum: 'max', Sum: 'sum' };

/** Usage of the nodes with these answers, by answer. Metrics without a value are left out. */
export async function readUsage(
  client: ReadClient,
  { namespace, dimensions, metrics }: UsageMetrics,
  answers: readonly unknown[],
  window: Window,
): Promise<ReadonlyMap<unknown, Usage>> {
  const asked = answers.flatMap((answer) =>
    metrics.flatMap((metric) => metric.statistics.map((statistic) => ({ answer, metric, statistic }))),
  );
  const queries = asked.map(({ answer, metric: { metric, unit }, statistic }): MetricQuery => ({
    namespace,
    metric,
    unit,
    statistic,
    dimensions: dimensions(answer),
  }));
  const data = await readMetrics(client, queries, window);
  const usages = new Map<unknown, Record<string, Record<string, number>>>(answers.map((answer) => [answer, {}]));
  asked.forEach(({ answer, metric, statistic }, index) => {
    const value = newest(data[index], metric.digits);
    const usage = usages.get(answer);
    if (value === undefined || usage === undefined) return;
    (usage[metric.as] ??= {})[shortNames[statistic]] = value;
  });
  return usages;
}

/**
 * The time since the last collect, at least ten minutes, in full minutes; an hour when there was none. Metrics that are old
 * are only kept in coarser steps.
 */
export function usageWindow(now: Date, lastRun: number | undefined): Window {
  const seconds = lastRun === undefined ? 3600 : Math.max(600, now.getTime() / 1000 - lastRun);
  const step = seconds > 63 * 86_400 ? 3600 : seconds > 15 * 86_400 ? 300 : 60;
  const period = Math.ceil(seconds / step) * step;
  return { start: new Date(now.getTime() - seconds * 1000), end: now, period };
}

function newest(data: MetricData | undefined, digits: number | undefined): number | undefined {
  const value = data?.values[0];
  if (value === undefined || digits === undefined) return value;
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
