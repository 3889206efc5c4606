/** Volumes with their types, usage and last access. */
import { asDateTime, member } from '@resoto/worker-core/plugin';
import type { NodeRef } from '@resoto/worker-core/plugin';

import { readMetrics } from '../../metrics.ts';
import type { MetricData } from '../../metrics.ts';
import type { NodeExtras, RegionRun } from '../../region-run.ts';
import { textOf } from '../../values.ts';
import { volumePrice } from '../pricing/volume-price.ts';
import { volume, volumeType } from './kinds/volumes.ts';
import { volumeUsage } from './usage.ts';

export async function collectVolumes(run: RegionRun): Promise<void> {
  const types = new VolumeTypes(run);
  for await (const volumes of run.list(volume)) {
    const [usages, accesses] = await Promise.all([
      run.usage(volume, volumeUsage, volumes),
      readAccesses(run, volumes),
      types.add(volumes),
    ]);
    for (const answer of volumes) {
      const node = run.add(volume, answer, { usage: usages.get(answer), ...accesses.get(idOf(answer)) });
      types.connect(answer, node);
    }
  }
}

/** The types of the volumes of a region, a node each. */
class VolumeTypes {
  readonly #run: RegionRun;
  readonly #nodes = new Map<string, NodeRef>();

  constructor(run: RegionRun) {
    this.#run = run;
  }

  async add(volumes: readonly unknown[]): Promise<void> {
    const types = new Set(volumes.map(typeOf).filter((type) => type !== '' && !this.#nodes.has(type)));
    await Promise.all(Array.from(types, (type) => this.#add(type)));
  }

  connect(answer: unknown, node: NodeRef): void {
    const type = this.#nodes.get(typeOf(answer));
    if (type !== undefined) this.#run.context.sink.edge(type, node);
  }

  async #add(type: string): Promise<void> {
    const { globalClient, region } = this.#run;
    const price = await this.#run.followUp(volumeType, ['ondemand_cost'], async () => ({
      ondemand_cost: await volumePrice(globalClient, type, region.id),
    }));
    this.#nodes.set(type, this.#run.add(volumeType, { VolumeType: type }, price));
  }
}

/** Last access of the volumes that tell: one in use is accessed now, the metrics of a free one say when it was. */
async function readAccesses(run: RegionRun, volumes: readonly unknown[]): Promise<ReadonlyMap<string, NodeExtras>> {
  const now = run.context.startedAt;
  const used = volumes.filter((answer) => member(answer, 'State') === 'in-use').map(idOf);
  const free = volumes.filter((answer) => member(answer, 'State') === 'available');
  const accesses = new Map<string, NodeExtras>(used.map((id) => [id, accessed(now, now)]));
  for (const [id, access] of await readFreeAccesses(run, free, now)) accesses.set(id, access);
  return accesses;
}

async function readFreeAccesses(
  run: RegionRun,
  volumes: readonly unknown[],
  now: Date,
): Promise<[string, NodeExtras][]> {
  if (volumes.length === 0) return [];
  const start = new Date(now.getTime() - run.config.accessPeriod * 1000);
  const queries = volumes.flatMap((answer) => [
    opsQuery('VolumeReadOps', idOf(answer)),
    opsQuery('VolumeWriteOps', idOf(answer)),
  ]);
  const window = { start, end: now, period: run.config.accessGranularity };
  try {
    const data = await readMetrics(run.client, queries, window);
    return volumes.map((answer, index) => {
      const earliest = latest(member(answer, 'CreateTime'), start);
      return [
        idOf(answer),
        accessed(lastActivity(data[2 * index]) ?? earliest, lastActivity(data[2 * index + 1]) ?? earliest),
      ];
    });
  } catch (error) {
    run.incomplete(volume, error);
    return volumes.map((answer) => [idOf(answer), { missing: ['atime', 'mtime'] }]);
  }
}

function opsQuery(metric: string, id: string) {
  return {
    namespace: 'AWS/EBS',
    metric,
    unit: 'Count',
    statistic: 'Sum',
    dimensions: { VolumeId: id },
  } as const;
}

function accessed(read: unknown, written: unknown): NodeExtras {
  return { reported: { atime: asDateTime(read), mtime: asDateTime(written) } };
}

/** Time of the newest data point that is not zero. */
function lastActivity(data: MetricData | undefined): unknown {
  return data?.times[data.values.findIndex((value) => value !== 0)];
}

function latest(created: unknown, start: Date): unknown {
  return new Date(String(created)) > start ? created : start;
}

function idOf(answer: unknown): string {
  return textOf(member(answer, 'VolumeId'));
}

function typeOf(answer: unknown): string {
  return textOf(member(answer, 'VolumeType'));
}
