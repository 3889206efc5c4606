import { ProviderError, type TagSupport } from '@resoto/worker-core/plugin';

import { account, region } from './kinds.ts';

/** Nothing keeps the tags of a made-up resource: they are what the core has, until the next collect. */
export const tags: TagSupport = {
  async change({ kind }) {
    if (kind === account || kind === region) throw new ProviderError(`${kind.fqn} has no tags to change`);
    return new Map();
  },
};
