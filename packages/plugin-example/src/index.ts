/**
 * A small fixed cloud. It shows every part of a collector: kinds, references by edge, a deferred edge, accounts apart from
 * their collect.
 */
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
