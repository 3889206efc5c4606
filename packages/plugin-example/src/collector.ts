import {
  read,
  type AccountJob,
  type CollectContext,
  type Collector,
  type NodeKind,
  type NodeRef,
  type Reported,
} from '@resoto/worker-core/plugin';

import { account, customResource, instance, kinds, network, region, volume } from './kinds.ts';

export const collector: Collector = { kinds, accounts, collect };

async function* accounts(): AsyncGenerator<AccountJob> {
  yield { id: 'Example Account', name: 'Example Account', data: {} };
}

async function collect(job: AccountJob, context: CollectContext): Promise<void> {
  const { sink } = context;
  const accountNode = sink.add(account, { reported: { id: job.id, name: job.name }, parent: sink.cloud });

  const west = await collectRegion(context, accountNode, { id: 'us-west', name: 'US West' }, (regionNode) => {
    const web = addNetwork(context, regionNode, 1, { ...runningInstance(), id: 'someInstance1' }, 'in-use');
    const reported = read(customResource, { CustomFloat: 10, CustomList: ['foo', 'bar'] });
    sink.add(customResource, { reported: { ...reported, id: 'someExampleResource' }, parent: regionNode });
    return web;
  });
  await collectRegion(context, accountNode, { id: 'us-east', name: 'US East' }, (regionNode) =>
    addNetwork(context, regionNode, 2, { ...stoppedInstance(context), id: 'someInstance2' }, 'available'),
  );

  // The other end may be part of another upload, so the core looks it up when all of them have arrived.
  if (west !== undefined) {
    sink.deferredEdge(sink.selector(west), { search_criteria: 'is(instance) and reported.id = someInstance2' });
  }
}

const regionalKinds = [region, network, instance, volume, customResource].map((kind) => kind.fqn);

function collectRegion<Result>(
  context: CollectContext,
  accountNode: NodeRef,
  place: { readonly id: string; readonly name: string },
  paint: (regionNode: NodeRef) => Result,
): Promise<Result | undefined> {
  return context.scope({ kinds: regionalKinds, region: place }, async () => {
    context.progress(place.name, 'started');
    const regionNode = add(region, { ...place, tags: { 'Some Tag': 'Some Value' } }, accountNode, context);
    const result = paint(regionNode);
    context.progress(place.name, 'done');
    return result;
  });
}

/** A network with one instance and its volume. Returns the instance. */
function addNetwork(
  context: CollectContext,
  regionNode: NodeRef,
  number: number,
  instanceProperties: Reported,
  volumeStatus: string,
): NodeRef {
  const { sink } = context;
  const tags = (name: string): Reported => ({ Name: `Example ${name} ${number}` });
  const networkNode = add(network, { id: `someNetwork${number}`, tags: tags('Network') }, regionNode, context);
  const instanceNode = add(instance, instanceProperties, regionNode, context);
  const volumeProperties = { id: `someVolume${number}`, tags: tags('Volume'), volume_status: volumeStatus };
  const volumeNode = add(volume, volumeProperties, regionNode, context);

  sink.edge(networkNode, instanceNode);
  sink.edge(networkNode, instanceNode, 'delete');
  sink.edge(instanceNode, volumeNode);
  sink.edge(volumeNode, instanceNode, 'delete');
  return instanceNode;
}

function runningInstance(): Reported {
  const now = new Date().toISOString();
  return {
    tags: { Name: 'Example Instance 1', expiration: '2d', owner: 'lukas' },
    ctime: now,
    mtime: now,
    atime: now,
    instance_cores: 4,
    instance_memory: 32,
    instance_status: 'running',
  };
}

function stoppedInstance({ generation }: CollectContext): Reported {
  const tags = { Name: 'Example Instance 2', expiration: '36h', [`${generation}:ctime`]: '2019-09-05T10:40:11+00:00' };
  return { tags, instance_status: 'stopped' };
}

function add(kind: NodeKind, values: Reported, parent: NodeRef, { sink }: CollectContext): NodeRef {
  return sink.add(kind, { reported: { ...read(kind, {}), ...values }, parent });
}
