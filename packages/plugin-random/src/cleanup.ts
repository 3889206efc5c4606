/** How resources of the random cloud are deleted: it notes them, and the next collect draws them again. */
import type { CleanupSupport } from '@resoto/worker-core/plugin';

import { instance, loadBalancer, network, volume } from './kinds.ts';

const deletable = new Set([network, loadBalancer, instance, volume]);

export const cleanup: CleanupSupport = {
  describe: (kind) => (deletable.has(kind) ? { batch: 50 } : undefined),
  open: async () => {
    const deleted = new Set<string>();
    return {
      delete: async (resources) =>
        resources.map(({ nodeId, kind }) => {
          if (!deletable.has(kind)) return { refused: `a ${kind.fqn} cannot be deleted` };
          deleted.add(nodeId);
          return 'deleted';
        }),
      exists: async (resources) => resources.map(({ nodeId }) => !deleted.has(nodeId)),
    };
  },
};
