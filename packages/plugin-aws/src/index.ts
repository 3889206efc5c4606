/**
 * Collects Amazon Web Services.
 *
 * @example
 * // How the worker uses it. Everything heavy is behind `load()`.
 * const [aws] = plugin.collectors ?? [];
 * const collector = await aws?.load();
 */
import type { Plugin } from '@resoto/worker-core/plugin';

import { section } from './section.ts';

export const plugin: Plugin = {
  name: 'aws',
  collectors: [
    {
      cloud: 'aws',
      section,
      setup:
        'Log in with the AWS tools, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, to collect AWS.',
      load: async () => (await import('./collector.ts')).collector,
    },
  ],
};
