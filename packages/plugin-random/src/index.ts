/** A cloud of any size that needs no credentials: for tries, tests and measurements. */
import type { Plugin } from '@resoto/worker-core/plugin';

import { section } from './section.ts';

export const plugin: Plugin = {
  name: 'random',
  collectors: [{ cloud: 'random', section, load: async () => (await import('./collector.ts')).collector }],
};
