/** A small made-up cloud, and the example to start a plugin from: docs/plugins.md walks through it. */
import type { Plugin } from '@resoto/worker-core/plugin';

export const plugin: Plugin = {
  name: 'example',
  collectors: [
    {
      cloud: 'example',
      sample: true,
      load: async () => (await import('./collector.ts')).collector,
    },
  ],
  commands: [
    {
      name: 'example_ask',
      info: 'Asks about the example cloud.',
      description: 'By itself it tells what there is; after a search it tells a property of each resource.',
      argsDescription: { property: 'what to tell, for example name; without a search: all' },
      allowedOnKind: 'example_resource',
      load: async () => (await import('./commands.ts')).ask,
    },
  ],
};
