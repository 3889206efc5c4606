/** Alarms, and the metric filters that feed them. */
import { member, path } from '@resoto/worker-core/plugin';
import type { NodeRef } from '@resoto/worker-core/plugin';

import { addFollowed, collectEach } from '../../collect-each.ts';
import type { RegionRun } from '../../region-run.ts';
import { listOf, textOf } from '../../values.ts';
import { alarmFollowUps } from './calls.ts';
import { alarm, metricFilter } from './kinds.ts';

/** Alarms by the metric they watch. */
type AlarmIndex = ReadonlyMap<string, readonly NodeRef[]>;

/** Adds the alarms of a region. */
export async function collectAlarms(run: RegionRun): Promise<AlarmIndex> {
  const alarms = new Map<string, NodeRef[]>();
  await collectEach(run, alarm, async (listed) => {
    const node = await addFollowed(run, alarm, listed, alarmFollowUps);
    const metric = metricKey(member(listed, 'Namespace'), member(listed, 'MetricName'));
    const watching = alarms.get(metric);
    if (watching === undefined) alarms.set(metric, [node]);
    else watching.push(node);
  });
  return alarms;
}

/** Adds the metric filters of a region, each with an edge to the alarms that watch a metric it makes. */
export async function collectMetricFilters(run: RegionRun): Promise<void> {
  const alarms = await readAlarms(run);
  for await (const filters of run.list(metricFilter)) {
    for (const listed of filters) {
      const node = run.add(metricFilter, listed);
      for (const metric of metricsOf(listed)) {
        for (const watching of alarms?.get(metric) ?? []) run.context.sink.edge(node, watching);
      }
    }
  }
}

/** Undefined when they could not be read: that is reported where they are collected. */
async function readAlarms(run: RegionRun): Promise<AlarmIndex | undefined> {
  if (!run.config.wants(alarm.fqn)) return undefined;
  return run.once(collectAlarms).catch((error: unknown) => {
    run.incomplete(metricFilter, error);
    return undefined;
  });
}

const readTransformations = path('metricTransformations');

function metricsOf(filter: unknown): Set<string> {
  const transformations = listOf(readTransformations(filter));
  return new Set(transformations.map((made) => metricKey(member(made, 'metricNamespace'), member(made, 'metricName'))));
}

function metricKey(namespace: unknown, name: unknown): string {
  return JSON.stringify([textOf(namespace), textOf(name)]);
}
