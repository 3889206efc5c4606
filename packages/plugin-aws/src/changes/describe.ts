import type { KindCleanup, NodeKind } from '@resoto/worker-core/plugin';

import { declared } from '../aws-kind.ts';
import type { CleanupDeclaration } from './cleanup-calls.ts';

/** Values a filter may have. */
const mostFilterValues = 200;

/** What the worker has to know to plan deletions of a kind. Undefined: it cannot be deleted. */
export function describeCleanup(kind: NodeKind): KindCleanup | undefined {
  const cleanup = declared(kind)?.cleanup;
  if (cleanup === undefined) return undefined;
  const { delete: call, batch = 1, prepare, needs, patience } = cleanup;
  return {
    service: call.service.name,
    batch,
    existsBatch: existsBatch(cleanup),
    ...(prepare !== undefined && { prepare: { batch: prepare.batch ?? 1, breaks: prepare.breaks ?? [] } }),
    ...(needs !== undefined && { needs }),
    ...(patience !== undefined && { patience }),
  };
}

function existsBatch({ exists }: CleanupDeclaration): number {
  return exists.batch ?? ('filter' in exists ? mostFilterValues : 1);
}
