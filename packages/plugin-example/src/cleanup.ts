/**
 * How resources of the example cloud are deleted. A real plugin makes a client here that may change something; nothing else of
 * the plugin has one.
 */
import type { CleanupSupport } from '@resoto/worker-core/plugin';

import { customResource, instance, network, volume } from './kinds.ts';

const batches = new Map([
  [network, 1],
  [instance, 50],
  [volume, 10],
  [customResource, 1],
]);

/** The cloud is made up: it forgets what was deleted when the worker ends, and the next collect finds everything again. */
export const cleanup: CleanupSupport = {
  describe(kind) {
    const batch = batches.get(kind);
    return batch === undefined ? undefined : { batch };
  },
  open: async () => {
    const deleted = new Set<string>();
    return {
      delete: async (resources) =>
        resources.map(({ nodeId, kind }) => {
          if (!batches.has(kind)) return { refused: `a ${kind.fqn} cannot be deleted` };
          deleted.add(nodeId);
          return 'deleted';
        }),
      exists: async (resources) => resources.map(({ nodeId }) => !deleted.has(nodeId)),
    };
  },
};
