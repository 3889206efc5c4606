import type { CleanupResource, KindCleanup, NodeKind } from '@resoto/worker-core/plugin';

import { declared } from '../aws-kind.ts';
import { batchOf } from './cleanup-calls.ts';

/** What the worker has to know to plan deletions of a kind. Undefined: it cannot be deleted. */
export function describeCleanup(kind: NodeKind): KindCleanup | undefined {
  const cleanup = declared(kind)?.cleanup;
  if (cleanup === undefined) return undefined;
  const { delete: call, batch = 1, prepare, needs, takes, refuse, patience } = cleanup;
  return {
    service: call.service.name,
    batch,
    existsBatch: batchOf(cleanup.exists),
    ...(prepare !== undefined && { prepare: { batch: prepare.batch ?? 1, breaks: prepare.breaks ?? [] } }),
    ...(needs !== undefined && { needs }),
    ...(takes !== undefined && { takes }),
    ...(refuse !== undefined && { refuses: true }),
    ...(patience !== undefined && { patience }),
  };
}

/** Why a resource is never deleted. */
export function refuseCleanup(resource: CleanupResource): string | undefined {
  return declared(resource.kind)?.cleanup?.refuse?.(resource);
}
