/** What an approved plan allows. Whatever changed since it was made is not deleted. */
import { title, type MarkedNode } from './marked-node.ts';
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
    // A core that tells no revision leaves open what happened since.
    const isSame = revision !== '' && approved.revision === revision;
    return isSame ? undefined : refused('it was changed after the plan was made');
  }

  /**
   * The selection, in which is refused what something new hangs on, and held back what should have gone after a node whose mark
   * was taken back.
   */
  compared(selection: Selection): Selection {
    const { candidates, others, edges } = selection;
    const marked = new Set(candidates.map(({ node }) => node.id));
    const names = new Map([...candidates.map(({ node }) => node), ...others].map((node) => [node.id, title(node)]));
    const staying = new Set(others.filter(({ isGone }) => !isGone).map(({ id }) => id));
    const found = new Map<string, Verdict>();
    const known = new Map([...this.#nodes].map(([id, { after }]) => [id, new Set(after)]));
    for (const [from, to] of edges) {
      const name = names.get(to) ?? to;
      if (known.get(from)?.has(to) === false && from !== to) {
        found.set(from, refused(`after the plan was made, ${name} came, which has to go first`));
      } else if (staying.has(to) && !marked.has(to) && this.#deletes(to)) {
        found.set(from, { outcome: 'blocked', reason: `blocked by ${name}, whose mark was taken back` });
      }
    }
    for (const { node, takes } of candidates) {
      const approved = this.#nodes.get(node.id);
      const came = takes.find(({ id }) => approved !== undefined && approved.takes?.includes(id) !== true);
      if (came !== undefined)
        found.set(node.id, refused(`after the plan was made, ${title(came)} came, which goes with it`));
    }
    if (found.size === 0) return selection;
    return {
      ...selection,
      candidates: candidates.map((candidate) => ({
        ...candidate,
        verdict: candidate.verdict ?? found.get(candidate.node.id),
      })),
    };
  }

  #deletes(id: string): boolean {
    const approved = this.#nodes.get(id);
    return approved !== undefined && approved.outcome === undefined;
  }

  /** Nodes of the plan that are not marked any more, or that the core does not have any more. */
  missing({ candidates }: Selection): readonly PlanFileNode[] {
    const marked = new Set(candidates.map(({ node }) => node.id));
    return [...this.#nodes.values()].filter(({ id, outcome }) => outcome === undefined && !marked.has(id));
  }
}
