/** How a kind is deleted, declared with the kind. */
import type { CleanupResource, ExistsResult, PrepareResult } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../call.ts';
import type { Call, Change } from '../service.ts';
import type { NamedBy } from './named-by.ts';

export interface CleanupDeclaration {
  /** Its expected errors say that the resource is gone. */
  readonly delete: Change;
  readonly input: NamedBy;
  /** Members of the input that are always the same. */
  readonly options?: object;
  /** Resources one call takes. Default: 1. */
  readonly batch?: number;
  /** Where the answer of a call for several says which of them it did not delete. */
  readonly failures?: Failures;
  /** The vendor goes on with it after the call. */
  readonly later?: boolean;
  readonly exists: Look | LookRoutine;
  readonly prepare?: Preparation;
  /** Kinds of neighbours that the step wants to see. */
  readonly needs?: readonly string[];
  /** Why the resource is never deleted. */
  readonly refuse?: (resource: CleanupResource) => string | undefined;
  /** Seconds the vendor may take. */
  readonly patience?: number;
}

/** A list in an answer: one item for each resource that was not deleted. */
export interface Failures {
  readonly items: string;
  /** Path of the name of the resource in an item, and the property that has it. */
  readonly id: string;
  readonly property: string;
  readonly code: string;
  readonly message: string;
}

/**
 * A list call that tells which of some resources exist. Its expected errors say that none does.
 *
 * Either `filter` names a filter (`member`: where the input takes it, `Filters` unless said) that takes several values and no
 * offence at those it does not know, or `by` the members of the input.
 */
export type Look = LookCall & ({ readonly filter: string; readonly member?: string } | { readonly by: NamedBy });

interface LookCall {
  readonly call: Call;
  /** Members of the input that are always the same. */
  readonly options?: object;
  /** Path of the items in each page. */
  readonly items: string;
  /** Path of the name in an item, and the property of the resource that has it. Default of the property: `id`. */
  readonly id: string;
  readonly property?: string;
  /** Items of resources that are gone are still listed for a while. */
  readonly isGone?: (item: unknown) => boolean;
  /** Resources one call may ask for. Default: 200 with a filter, else 1. */
  readonly batch?: number;
}

export interface LookRoutine {
  readonly calls: readonly Call[];
  readonly batch?: number;
  readonly look: (client: WriteClient, resources: readonly CleanupResource[]) => Promise<readonly ExistsResult[]>;
}

/** What is done before the deletion. */
export interface Preparation {
  readonly calls: readonly (Call | Change)[];
  readonly batch?: number;
  /** Kinds with which it cuts the tie; see the plugin contract. */
  readonly breaks?: readonly string[];
  readonly run: (client: WriteClient, resources: readonly CleanupResource[]) => Promise<readonly PrepareResult[]>;
}

/** Calls that delete a kind, and those that go with it. */
export function callsOfCleanup({ delete: deletion, exists, prepare }: CleanupDeclaration): readonly (Call | Change)[] {
  return [...(prepare?.calls ?? []), deletion, ...('calls' in exists ? exists.calls : [exists.call])];
}

/** Runs a step that takes one resource at a time. */
export function oneByOne(
  work: (client: WriteClient, resource: CleanupResource) => Promise<PrepareResult>,
): Preparation['run'] {
  return (client, resources) => Promise.all(resources.map((resource) => work(client, resource)));
}
