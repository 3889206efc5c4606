/** What an approved plan allows. Whatever changed since it was made is not deleted. */
import type { MarkedNode } from './marked-node.ts';
import { refused, skipped, type Verdict } from './outcome.ts';
import type { PlanFile, PlanFileNode } from './plan-file.ts';
import type { Selection } from './select.ts';

export class Approval {
  readonly #nodes: ReadonlyMap<string, PlanFileNode>;

  constructor({ nodes }: PlanFile) {
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
  }

  /** @returns why the plan does not allow to delete a node as it is now */
  judge({ id, revision }: Pick<MarkedNode, 'id' | 'revision'>): Verdict | undefined {
    const approved = this.#nodes.get(id);
    if (approved === undefined) return skipped('it is not in the approved plan');
    if (approved.outcome !== undefined) {
      return skipped(`the approved plan does not delete it: ${approved.reason ?? approved.outcome}`);
    }
    return approved.revision === revision ? undefined : refused('it was changed after the plan was made');
  }

  /** The selection, in which whatever something new hangs on is refused. */
  withoutNewDependents(selection: Selection): Selection {
    const { candidates, others, edges } = selection;
    const names = new Map(
      [...candidates.map(({ node }) => node), ...others].map(({ id, kind, name }) => [id, `${kind} ${name}`]),
    );
    const found = new Map<string, string>();
    const known = new Map([...this.#nodes].map(([id, { after }]) => [id, new Set(after)]));
    for (const [from, to] of edges) {
      if (known.get(from)?.has(to) === false && from !== to) found.set(from, names.get(to) ?? to);
    }
    if (found.size === 0) return selection;
    return {
      ...selection,
      candidates: candidates.map((candidate) => {
        const dependent = found.get(candidate.node.id);
        if (dependent === undefined || candidate.verdict !== undefined) return candidate;
        return { ...candidate, verdict: refused(`after the plan was made, ${dependent} came, which has to go first`) };
      }),
    };
  }

  /** Nodes of the plan that are not marked any more, or that the core does not have any more. */
  missing({ candidates }: Selection): readonly PlanFileNode[] {
    const marked = new Set(candidates.map(({ node }) => node.id));
    return [...this.#nodes.values()].filter(({ id, outcome }) => outcome === undefined && !marked.has(id));
  }
}
