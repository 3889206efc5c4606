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
};
