import { WorkerError } from '@resoto/worker-core';

/** The nodes an import changes, by id. */
export interface Claim {
  readonly replace: readonly string[];
  readonly parents: readonly string[];
}

/** Keeps imports apart that would replace the same part of a graph at the same time (protocol 7.8). */
export class Claims {
  readonly #running = new Map<Claim, number>();

  /**
   * Takes what an import is about to change; the result gives it back. Throws `import_conflict` when a replace node of
   * one import is a replace node or parent of another that still runs.
   */
  take(graph: number, claim: Claim): () => void {
    for (const [other, otherGraph] of this.#running) {
      const shared = otherGraph === graph ? conflict(claim, other) : undefined;
      if (shared === undefined) continue;
      throw new WorkerError('import_conflict', `Conflicting change in progress: another import changes ${shared}`, {
        hint: 'Send the body again when the other import is finished.',
        facts: { node: shared },
      });
    }
    this.#running.set(claim, graph);
    return () => this.#running.delete(claim);
  }
}

function conflict(one: Claim, other: Claim): string | undefined {
  return (
    one.replace.find((id) => other.replace.includes(id) || other.parents.includes(id)) ??
    other.replace.find((id) => one.parents.includes(id))
  );
}
