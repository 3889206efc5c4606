import { setImmediate } from 'node:timers/promises';

import {
  read,
  sectionValues,
  type AccountJob,
  type CollectContext,
  type Collector,
  type GraphSink,
  type NodeRef,
  type PluginContext,
} from '@resoto/worker-core/plugin';

import {
  accountSource,
  drawInstanceGroup,
  drawNetworks,
  drawRegions,
  drawWorld,
  type InstanceGroup,
  type Settings,
} from './draw.ts';
import { loadIds, type Ids } from './ids.ts';
import { account, instance, kinds, loadBalancer, network, region, volume } from './kinds.ts';
import type { RandomSource } from './random-source.ts';
import { section } from './section.ts';
import { tags } from './tags.ts';

export const collector: Collector = { kinds, accounts, collect, tags };

const instanceDefaults = read(instance, {});
const volumeDefaults = read(volume, {});
const loadBalancerDefaults = read(loadBalancer, {});

async function* accounts(context: PluginContext): AsyncGenerator<AccountJob> {
  const ids = await loadIds();
  const world = drawWorld(settingsOf(context));
  for (let index = 0; index < world.accounts; index++) {
    yield { id: ids.account(index), name: `Random Account ${index}`, data: { index } };
  }
}

async function collect(job: AccountJob, context: CollectContext): Promise<void> {
  const settings = settingsOf(context);
  const { employees } = drawWorld(settings);
  const index = Number(job.data['index']);
  const painter = new Painter(await loadIds(), accountSource(settings, index), employees, settings.size, context.sink);

  const accountNode = context.sink.add(account, {
    reported: { id: job.id, name: job.name },
    parent: context.sink.cloud,
  });
  const regions = drawRegions(painter.source, settings.size);
  for (const { id, name } of regions) {
    context.progress(name, 'started');
    await context.scope({ kinds: kindNames, region: { id, name } }, async () => {
      const regionNode = context.sink.add(region, { reported: { id, name }, parent: accountNode });
      await painter.region(regionNode, `${job.id}/${id}`, context.signal);
    });
    context.progress(name, 'done');
  }
}

const kindNames = [region, network, loadBalancer, instance, volume].map((kind) => kind.fqn);

function settingsOf({ config }: PluginContext): Settings {
  return sectionValues(section, config);
}

/** Puts drawn resources into the graph. */
class Painter {
  readonly source: RandomSource;
  readonly #ids: Ids;
  readonly #employees: readonly string[];
  readonly #size: number;
  readonly #sink: GraphSink;

  constructor(ids: Ids, source: RandomSource, employees: readonly string[], size: number, sink: GraphSink) {
    this.source = source;
    this.#ids = ids;
    this.#employees = employees;
    this.#size = size;
    this.#sink = sink;
  }

  async region(regionNode: NodeRef, path: string, signal: AbortSignal): Promise<void> {
    const count = drawNetworks(this.source, this.#size);
    for (let index = 0; index < count; index++) {
      this.#network(regionNode, `${path}/rndnet-${index}`, `Network ${index}`);
      // Nothing here waits, so a stop could not be heard otherwise.
      await setImmediate();
      signal.throwIfAborted();
    }
  }

  #network(regionNode: NodeRef, path: string, name: string): void {
    const group = drawInstanceGroup(this.source, this.#employees, this.#size);
    const id = this.#ids.resource('rndnet', path);
    const networkNode = this.#sink.add(network, { reported: { id, name }, parent: regionNode });
    const balancerNode = balances(group) ? this.#loadBalancer(regionNode, networkNode, path, group) : undefined;
    for (let index = 0; index < group.instances; index++) {
      const instanceNode = this.#instance(regionNode, `${path}/rndi-${index}`, index, group);
      this.#sink.edge(networkNode, instanceNode);
      if (balancerNode !== undefined) this.#sink.edge(balancerNode, instanceNode);
    }
  }

  #loadBalancer(regionNode: NodeRef, networkNode: NodeRef, path: string, group: InstanceGroup): NodeRef {
    const id = this.#ids.resource('rndlb', `${path}/lb`);
    const node = this.#sink.add(loadBalancer, {
      reported: { ...loadBalancerDefaults, id, name: 'LoadBalancer', tags: group.tags },
      parent: regionNode,
    });
    this.#sink.edge(networkNode, node);
    return node;
  }

  #instance(regionNode: NodeRef, path: string, index: number, group: InstanceGroup): NodeRef {
    const node = this.#sink.add(instance, {
      reported: {
        ...instanceDefaults,
        id: this.#ids.resource('rndi', path),
        name: `${group.owner === undefined ? 'Instance' : group.purpose} ${index}`,
        tags: group.tags,
        instance_status: group.instanceStatus,
        instance_type: group.instanceType,
        instance_cores: group.cores,
        instance_memory: group.memory,
      },
      parent: regionNode,
    });
    for (let volumeIndex = 0; volumeIndex < group.volumesPerInstance; volumeIndex++) {
      this.#sink.edge(node, this.#volume(regionNode, `${path}/rndvol-${volumeIndex}`, volumeIndex, group));
    }
    return node;
  }

  #volume(regionNode: NodeRef, path: string, index: number, group: InstanceGroup): NodeRef {
    return this.#sink.add(volume, {
      reported: {
        ...volumeDefaults,
        id: this.#ids.resource('rndvol', path),
        name: `Volume ${index}`,
        tags: group.tags,
        volume_size: group.volumeSize,
        volume_type: 'ssd',
        volume_status: group.volumeStatus,
      },
      parent: regionNode,
    });
  }
}

function balances(group: InstanceGroup): boolean {
  return group.purpose === 'Webserver' && group.owner !== undefined;
}
