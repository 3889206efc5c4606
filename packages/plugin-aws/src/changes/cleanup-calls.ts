/** How a kind is deleted, declared with the kind. */
import { path } from '@resoto/worker-core/plugin';
import type { CleanupResource, DeleteResult, ExistsResult, PrepareResult, TakenKind } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../call.ts';
import type { Call, Change } from '../service.ts';
import { listOf, textOf } from '../values.ts';
import { inputFor, textIn } from './named-by.ts';
import type { NamedBy } from './named-by.ts';

export interface CleanupDeclaration {
  /** Its expected errors say that the resource is gone. */
  readonly delete: Change;
  /** A function: of the one resource. Absent: `run` makes the calls. */
  readonly input?: NamedBy | ((resource: CleanupResource) => object);
  /** For resources of which one call may take some, but not any. */
  readonly run?: (client: WriteClient, resources: readonly CleanupResource[]) => Promise<readonly DeleteResult[]>;
  /** Members of the input that are always the same. */
  readonly options?: object;
  /** Resources one call takes. Default: 1. */
  readonly batch?: number;
  /** Where the answer of a call for several says which of them it did not delete. */
  readonly failures?: Failures;
  /** The vendor goes on with it after the call. */
  readonly later?: boolean;
  /** Tells of a resource whose deletion was refused that it is being deleted already. */
  readonly underway?: StatusCall;
  readonly exists: Look | LookRoutine;
  readonly prepare?: Preparation;
  /** Kinds of neighbours that have to be seen. */
  readonly needs?: readonly string[];
  /** What goes together with it; see the plugin contract. */
  readonly takes?: readonly TakenKind[];
  /** Why the resource is never deleted. */
  readonly refuse?: (resource: CleanupResource) => string | undefined;
  /** What becomes of a resource that goes with another one, without a call. */
  readonly without?: (resource: CleanupResource) => 'deleted' | 'requested' | undefined;
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
 * offence at those it does not know, or `by` the members of the input. `whole`: the list is short and read as it is.
 */
export type Look = LookCall &
  ({ readonly filter: string; readonly member?: string } | { readonly by: NamedBy } | { readonly whole: true });

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
  /** Resources one call may ask for. Default: 200 with a filter, 1000 in a whole list, else 1. */
  readonly batch?: number;
}

export interface LookRoutine {
  readonly calls: readonly Call[];
  readonly batch?: number;
  readonly look: (client: WriteClient, resources: readonly CleanupResource[]) => Promise<readonly ExistsResult[]>;
}

/** A call that tells the status of one resource. */
export interface StatusCall {
  readonly call: Call;
  readonly by: NamedBy;
  /** Path of the status in the answer, and the one it has to have. */
  readonly status: string;
  readonly is: string;
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
export function callsOfCleanup(declaration: CleanupDeclaration): readonly (Call | Change)[] {
  const { delete: deletion, exists, prepare, underway } = declaration;
  return [
    ...(prepare?.calls ?? []),
    deletion,
    ...('calls' in exists ? exists.calls : [exists.call]),
    ...(underway === undefined ? [] : [underway.call]),
  ];
}

/** Runs a step that takes one resource at a time. */
export function oneByOne(
  work: (client: WriteClient, resource: CleanupResource) => Promise<PrepareResult>,
): Preparation['run'] {
  return (client, resources) => Promise.all(resources.map((resource) => work(client, resource)));
}

/**
 * A step that looks at all resources of a call at once, as the vendor has them now, and then does something with each.
 *
 * @param calls  what the work may send
 */
export function prepareEach(
  look: Look,
  calls: readonly Change[],
  work: (client: WriteClient, item: unknown) => Promise<unknown>,
  breaks: readonly string[] = [],
): Preparation {
  return {
    calls: [look.call, ...calls],
    batch: batchOf(look),
    breaks,
    async run(client, resources) {
      const found = await find(client, look, resources);
      return Promise.all(
        resources.map(async (resource): Promise<PrepareResult> => {
          const item = found.get(textIn(resource, look.property ?? 'id'));
          if (item === undefined) return 'already_gone';
          try {
            await work(client, item);
            return 'done';
          } catch (error) {
            return { error };
          }
        }),
      );
    },
  };
}

/** Values a filter may have. */
const mostFilterValues = 200;
/** Resources that are looked for in a whole list. */
const mostInList = 1_000;

export function batchOf(look: Look | LookRoutine): number {
  if (look.batch !== undefined) return look.batch;
  if ('filter' in look) return mostFilterValues;
  return 'whole' in look ? mostInList : 1;
}

/** Items of those resources that exist, by name. */
export async function find(
  client: WriteClient,
  look: Look,
  resources: readonly CleanupResource[],
): Promise<ReadonlyMap<string, unknown>> {
  const { call, options, items, id, isGone } = look;
  const asked = askedFor(look, resources);
  const [itemsIn, nameIn] = [path(items), path(id)];
  const found = new Map<string, unknown>();
  for await (const page of client.pages(call, { ...options, ...asked })) {
    for (const item of listOf(itemsIn(page))) {
      if (isGone?.(item) !== true) found.set(textOf(nameIn(item)), item);
    }
  }
  return found;
}

function askedFor(look: Look, resources: readonly CleanupResource[]): object {
  if ('whole' in look) return {};
  if ('by' in look) return inputFor(look.by, resources);
  const Values = resources.map((resource) => textIn(resource, look.property ?? 'id'));
  return { [look.member ?? 'Filters']: [{ Name: look.filter, Values }] };
}
