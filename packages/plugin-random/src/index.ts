/** A cloud of any size that needs no credentials: for tries, tests and measurements. */
import type { Plugin } from '@resoto/worker-core/plugin';

export const plugin: Plugin = {
  name: 'random',
  collectors: [
    {
      cloud: 'random',
      section: {
        name: 'random',
        description: 'A made-up cloud.',
        fields: {
          seed: { type: 'int64', default: 0, description: 'Seed of the random numbers: one seed, one graph' },
          size: { type: 'double', default: 1, description: 'Scale of the cloud' },
        },
      },
      load: async () => (await import('./collector.ts')).collector,
    },
  ],
};
