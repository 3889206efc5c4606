import { writeFile } from 'node:fs/promises';
import type { CoreClient } from '../core-client/core-client.ts';
import { errorCode } from '../errors.ts';
import { graphBody } from '../graph/graph-body.ts';
import type { Generation } from '../protocol/generation.ts';
import type { ImportResult, NodePatch } from '../protocol/graph-line.ts';
import { cloudQuery, flagsQuery, type Place } from './core-queries.ts';
import type { AccountResult, MergeKind } from './jobs.ts';
import { changedFlags, readFlags } from './node-flags.ts';
import { isIncomplete } from './outcome.ts';
import type { ScopeReport } from './report.ts';

export interface UploadOptions {
  readonly core: CoreClient;
  readonly graph: string;
  readonly generation: Generation;
  readonly mergeKind: MergeKind;
  /** What the body replaces: an account, or all of a cloud. */
  readonly place: Place;
  readonly task: string;
  readonly signal: AbortSignal;
  /** Milliseconds a core that is away is waited for. */
  readonly patience: number;
  /** Where to leave a copy of the body. */
  readonly dumpTo?: string | undefined;
}

/**
 * Imports the graphs of accounts as one body and waits until that is done. Flags that were set at the core since the graphs
 * were written are set again afterwards, because the import takes them away. Accounts that are not complete say so.
 *
 * @throws CoreError with the reason when the core refuses the graph, ConnectionClosedError when it stays away
 */
export async function upload(results: readonly AccountResult[], options: UploadOptions): Promise<ImportResult> {
  const { core, graph, generation, mergeKind, place, task, signal, patience, dumpTo } = options;
  const [cloudFlags] = (await readFlags(core, graph, cloudQuery(place.cloud), signal)).values();
  const before = new Map(results.flatMap(({ flags }) => [...flags]));
  const now = await readFlags(core, graph, flagsQuery(place), signal);
  const body = graphBody(
    { cloud: { id: place.cloud, name: place.cloud }, generation, mergeKind, flags: cloudFlags },
    results.map((result) => result.graph),
  );
  if (dumpTo !== undefined) await writeFile(dumpTo, body.open());

  const { nodes, edges } = body;
  const imported = await core.merge(graph, { body: () => body.open(), nodes, edges, taskId: task, signal, patience });

  for (const patch of changedFlags(before, now)) {
    try {
      await core.patchNodes(graph, [patch], { signal });
    } catch (error) {
      // The node is gone since, and its flags with it.
      if (!['core_not_found', 'core_refused'].includes(errorCode(error) ?? '')) throw error;
    }
  }
  // Not in the body, whose accounts are written before their scopes end. The next step of the workflow waits for this one.
  const incomplete = results.flatMap(({ graph: { account }, scopes }) => incompleteAccount(account, scopes));
  if (incomplete.length > 0) await core.patchNodes(graph, incomplete, { signal });
  return imported;
}

/** An account says which kinds could not be listed completely: what is not in it may still exist. */
function incompleteAccount(id: string, scopes: readonly ScopeReport[]): NodePatch[] {
  const kinds = scopes.filter(({ outcome }) => isIncomplete(outcome)).flatMap((scope) => scope.kinds);
  return kinds.length === 0 ? [] : [{ id, metadata: { incomplete: [...new Set(kinds)].sort() } }];
}
