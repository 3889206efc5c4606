/** Everything the example cloud holds, as its API would answer. */
import type { Generation } from '@resoto/worker-core/plugin';

export type Answer = Readonly<Record<string, unknown>>;
export type ResourceType = 'regions' | 'networks' | 'instances' | 'volumes' | 'customResources';

export interface Inventory {
  readonly lists: Readonly<Record<ResourceType, readonly Answer[]>>;
  /** Details of custom resources by id. */
  readonly details: Readonly<Record<string, Answer>>;
}

export function inventory({ generation, now }: { readonly generation: Generation; readonly now: string }): Inventory {
  const [west, east] = [{ RegionId: 'us-west' }, { RegionId: 'us-east' }];
  const named = (name: string): Answer => ({ Tags: { Name: name } });
  return {
    lists: {
      regions: [
        { ...west, Title: 'US West', Tags: { 'Some Tag': 'Some Value' } },
        { ...east, Title: 'US East', Tags: { 'Some Tag': 'Some Value' } },
      ],
      networks: [
        { ...west, NetworkId: 'someNetwork1', ...named('Example Network 1') },
        { ...east, NetworkId: 'someNetwork2', ...named('Example Network 2') },
      ],
      instances: [
        {
          ...west,
          InstanceId: 'someInstance1',
          NetworkId: 'someNetwork1',
          PeerId: 'someInstance2',
          State: 'started',
          Cores: 4,
          Memory: 32,
          CreatedAt: now,
          ChangedAt: now,
          UsedAt: now,
          Tags: { Name: 'Example Instance 1', expiration: '2d', owner: 'lukas' },
        },
        {
          ...east,
          InstanceId: 'someInstance2',
          NetworkId: 'someNetwork2',
          State: 'stopped',
          Tags: {
            Name: 'Example Instance 2',
            expiration: '36h',
            // A tag of this name overrides the time of creation.
            [`${generation}:ctime`]: '2019-09-05T10:40:11+00:00',
          },
        },
      ],
      volumes: [
        {
          ...west,
          VolumeId: 'someVolume1',
          InstanceId: 'someInstance1',
          State: 'attached',
          ...named('Example Volume 1'),
        },
        {
          ...east,
          VolumeId: 'someVolume2',
          InstanceId: 'someInstance2',
          State: 'detached',
          ...named('Example Volume 2'),
        },
      ],
      customResources: [{ ...west, ResourceId: 'someExampleResource' }],
    },
    details: { someExampleResource: { Ratio: 10, Parts: ['foo', 'bar'] } },
  };
}
