/** What travels between main thread and worker threads for one change of tags. */
import type { PlainError } from '../collect/plain-error.ts';
import type { TagChanges } from '../plugin/contract.ts';
import type { StoredNode } from '../plugin/stored-node.ts';

export interface TagOrder {
  /** Number of the order within this process. */
  readonly id: number;
  readonly changes: TagChanges;
  readonly resource: StoredNode;
}

export interface TagOutcome {
  readonly id: number;
  /** Key and reason of what was not changed. */
  readonly failed: readonly (readonly [key: string, error: PlainError])[];
  /** Properties of the kind that the core computes. */
  readonly computed: readonly string[];
}
