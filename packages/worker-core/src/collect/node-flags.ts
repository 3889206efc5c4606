import type { CoreClient } from '../core-client/core-client.ts';
import type { NodeFlags } from '../graph/node-line.ts';
import type { NodePatch } from '../protocol/graph-line.ts';
import { wholeAnswer } from './whole-answer.ts';

/** Node id → flags. Nodes without flags are not in it. */
export type FlaggedNodes = ReadonlyMap<string, NodeFlags>;

/** Flags the core has on the nodes of a query. A core of the resoto generation would lose them with the next import. */
export async function readFlags(
  core: Pick<CoreClient, 'searchList'>,
  graph: string,
  query: string,
  signal: AbortSignal,
): Promise<FlaggedNodes> {
  return wholeAnswer(signal, async () => {
    const flags = new Map<string, NodeFlags>();
    for await (const { id, metadata } of core.searchList(graph, query, { section: '/', signal })) {
      const { protected: isProtected, cleaned, carried, incomplete } = metadata ?? {};
      flags.set(id, {
        protected: isProtected === true,
        cleaned: cleaned === true,
        wasCarried: carried === true,
        wasIncomplete: Array.isArray(incomplete) && incomplete.length > 0,
      });
    }
    return flags;
  });
}

/** What has to be patched after the import of a graph with the flags of `before`, when the core had those of `now`. */
export function changedFlags(before: FlaggedNodes, now: FlaggedNodes): readonly NodePatch[] {
  const patches: NodePatch[] = [];
  for (const id of new Set([...before.keys(), ...now.keys()])) {
    const [old, current] = [before.get(id) ?? {}, now.get(id) ?? {}];
    const metadata = { protected: current.protected === true, cleaned: current.cleaned === true };
    if (metadata.protected === (old.protected === true) && metadata.cleaned === (old.cleaned === true)) continue;
    patches.push({ id, metadata });
  }
  return patches;
}
