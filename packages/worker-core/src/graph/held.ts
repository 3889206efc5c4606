import { WorkerError, errorCode, errorHint, errorText } from '../errors.ts';
import { check } from '../kinds/check.ts';
import type { Reported } from '../kinds/types.ts';
import { stringifyJson, type JsonObject } from '../protocol/json.ts';
import type { GraphState } from './graph-state.ts';
import type { HeldNode } from './node-spool.ts';

/** Finds the reported sections of nodes by their node ids. What the core does not have is left out. */
export type FetchStored = (ids: string[]) => Promise<ReadonlyMap<string, JsonObject>>;

/** Writes the nodes that were put aside, with the stored values of what could not be read. */
export async function resolveHeld(graph: GraphState, fetchStored: FetchStored): Promise<void> {
  graph.assertUsable();
  try {
    for await (const batch of graph.spool.takeHeld(batchSize)) {
      const stored = await fetchStored(batch.map(({ line }) => line.id));
      for (const held of batch) write(graph, held, stored.get(held.line.id));
    }
  } catch (cause) {
    // Edges of these nodes are here, but not all of their lines.
    graph.failure = new WorkerError(errorCode(cause) ?? 'held_nodes', errorText(cause), {
      hint: errorHint(cause),
      cause,
    });
    throw cause;
  }
}

const batchSize = 500;

function write(graph: GraphState, { node, line, missing }: HeldNode, stored: JsonObject = {}): void {
  const { kind, checkedAs, references } = graph.types.get(graph.nodes.type(node));
  const filled: Reported = { ...line.reported };
  for (const name of missing) if (stored[name] !== undefined && stored[name] !== null) filled[name] = stored[name];
  const checked = check(checkedAs, filled);
  graph.addWrongProperties(kind, line.id, checked);
  graph.references.addTarget(node, references, checked.reported);
  graph.spool.add(node, stringifyJson({ ...line, reported: checked.reported }));
}
