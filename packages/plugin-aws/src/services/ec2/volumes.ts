/** Volumes with their types, usage and last access. */
import { asDateTime, member } from '@resoto/worker-core/plugin';
import type { NodeRef } from '@resoto/worker-core/plugin';

import { readLastActivity } from '../../last-activity.ts';
import type { ActivityQuery } from '../../last-activity.ts';
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
  const now = asDateTime(run.context.startedAt);
  const used = volumes.filter((answer) => member(answer, 'State') === 'in-use').map(idOf);
  const free = volumes.filter((answer) => member(answer, 'State') === 'available');
  const accesses = new Map<string, NodeExtras>(used.map((id) => [id, accessed(now, now)]));
  for (const [id, access] of await readFreeAccesses(run, free)) accesses.set(id, access);
  return accesses;
}

async function readFreeAccesses(run: RegionRun, volumes: readonly unknown[]): Promise<[string, NodeExtras][]> {
  if (volumes.length === 0) return [];
  const queries = volumes.flatMap((answer) => [activity('VolumeReadOps', answer), activity('VolumeWriteOps', answer)]);
  try {
    const times = await readLastActivity(run, queries);
    return volumes.map((answer, index) => [idOf(answer), accessed(times[2 * index], times[2 * index + 1])]);
  } catch (error) {
    run.incomplete(volume, error);
    return volumes.map((answer) => [idOf(answer), { missing: ['atime', 'mtime'] }]);
  }
}

function activity(metric: string, answer: unknown): ActivityQuery {
  return {
    metric: {
      namespace: 'AWS/EBS',
      metric,
      unit: 'Count',
      statistic: 'Sum',
      dimensions: { VolumeId: idOf(answer) },
    },
    created: member(answer, 'CreateTime'),
  };
}

function accessed(atime: unknown, mtime: unknown): NodeExtras {
  return { reported: { atime, mtime } };
}

function idOf(answer: unknown): string {
  return textOf(member(answer, 'VolumeId'));
}

function typeOf(answer: unknown): string {
  return textOf(member(answer, 'VolumeType'));
}
