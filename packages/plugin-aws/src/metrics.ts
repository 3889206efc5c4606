/** Values from CloudWatch. */
import { member, path } from '@resoto/worker-core/plugin';

import type { ReadClient } from './call.ts';
import { cloudwatch } from './services/cloudwatch/client.ts';
import { listOf, textOf } from './values.ts';

export const getMetricData = cloudwatch('GetMetricData');

/** Most queries one call takes, less one. */
const queriesPerCall = 499;

export type Statistic = 'Minimum' | 'Average' | 'Maximum' | 'Sum';

/** Whose metric it is: dimension → value. */
export type Dimensions = Readonly<Record<string, string>>;

export interface MetricQuery {
  readonly namespace: string;
  readonly metric: string;
  readonly unit: string;
  readonly statistic: Statistic;
  readonly dimensions: Dimensions;
}

/** A span of time, and how long each data point in it is, in seconds. */
export interface Window {
  readonly start: Date;
  readonly end: Date;
  readonly period: number;
}

/** Data points, newest first. */
export interface MetricData {
  readonly times: readonly unknown[];
  readonly values: readonly number[];
}

/** The data of each query, in the order of the queries. Queries without data have none. */
export async function readMetrics(
  client: ReadClient,
  queries: readonly MetricQuery[],
  window: Window,
): Promise<MetricData[]> {
  const batches = Array.from({ length: Math.ceil(queries.length / queriesPerCall) }, (_, index) =>
    queries.slice(index * queriesPerCall, (index + 1) * queriesPerCall),
  );
  return (await Promise.all(batches.map((batch) => readBatch(client, batch, window)))).flat();
}

async function readBatch(client: ReadClient, queries: readonly MetricQuery[], window: Window): Promise<MetricData[]> {
  const data: { times: unknown[]; values: number[] }[] = queries.map(() => ({ times: [], values: [] }));
  const input = {
    MetricDataQueries: queries.map((query, index) => dataQuery(query, index, window.period)),
    StartTime: window.start,
    EndTime: window.end,
    ScanBy: 'TimestampDescending',
  };
  for await (const page of client.pages(getMetricData, input)) {
    for (const result of listOf(readResults(page))) {
      // The label of an answer is the name of its metric, which several queries share; the id is not.
      const found = data[Number(textOf(member(result, 'Id')).slice(1))];
      found?.times.push(...listOf(member(result, 'Timestamps')));
      found?.values.push(...listOf(member(result, 'Values')).map(Number));
    }
  }
  return data;
}

const readResults = path('MetricDataResults');

function dataQuery(
  { namespace, metric, unit, statistic, dimensions }: MetricQuery,
  index: number,
  period: number,
): object {
  return {
    Id: `q${index}`,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metric,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: period,
      Stat: statistic,
      Unit: unit,
    },
    ReturnData: true,
  };
}
