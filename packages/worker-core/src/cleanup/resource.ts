/** What main thread and worker threads say to each other about a cleanup. All of it is plain data. */
import type { CollectorInput } from '../collect/jobs.ts';
import type { PlainError } from '../collect/plain-error.ts';
import type { KindCleanup, Neighbour } from '../plugin/cleanup-contract.ts';
import type { AccountJob, StoredResource } from '../plugin/contract.ts';
import type { JsonObject } from '../protocol/json.ts';

/** A resource on its way to a plugin. */
export interface ResourceData extends Omit<StoredResource, 'kind'> {
  readonly kind: string;
  readonly metadata: JsonObject;
  readonly neighbours: readonly Neighbour[];
}

export type CleanupVerb = 'prepare' | 'delete' | 'exists';

export interface CleanupInput extends CollectorInput {
  readonly account: AccountJob;
  readonly verb: CleanupVerb;
  /** Of one kind, in one region of the account. */
  readonly resources: readonly ResourceData[];
}

/** Resources of any kind and place of a cloud, to find out which of them its plugin never deletes. */
export interface RefusalsInput extends CollectorInput {
  readonly resources: readonly ResourceData[];
}

/** What a call told about one resource. `exists` answers `there` or `already_gone`. */
export type CallAnswer =
  | { readonly is: 'done' | 'deleted' | 'requested' | 'already_gone' | 'there' }
  | { readonly is: 'refused'; readonly reason: string }
  | { readonly is: 'failed'; readonly error: PlainError };

/** A kind of a collector, as a plan needs it. */
export interface KindDescription {
  readonly kind: string;
  /** Itself and all its bases. */
  readonly kinds: readonly string[];
  readonly phantom: boolean;
  /** Absent: it cannot be deleted. */
  readonly cleanup?: KindCleanup;
  /** What the account has to allow. */
  readonly permissions: readonly string[];
}
