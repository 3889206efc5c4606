import { idsQuery } from '../collect/core-queries.ts';
import type { CoreClient } from '../core-client/core-client.ts';
import type { NodeRow } from '../protocol/graph-line.ts';
import { skipped, type Verdict } from './outcome.ts';

export interface FreshCheckOptions {
  readonly core: CoreClient;
  readonly graph: string;
  /** Id of a node of the plan. */
  readonly idOf: (node: number) => string;
  /** @returns why a node is not deleted any more */
  readonly judge: (node: number, row: NodeRow) => Verdict | undefined;
  /** Milliseconds an answer counts. Default: 1 second. */
  readonly maxAge?: number;
  readonly now?: () => number;
}

/** Asks the core for nodes again, directly before they are deleted: many in one request, so that it costs next to nothing each. */
export class FreshCheck {
  readonly #options: FreshCheckOptions;
  readonly #checked = new Map<number, { readonly at: number; readonly verdict: Verdict | undefined }>();

  constructor(options: FreshCheckOptions) {
    this.#options = options;
  }

  /** @throws whatever the search throws */
  async check(nodes: readonly number[], soon: readonly number[]): Promise<ReadonlyMap<number, Verdict>> {
    const { now = Date.now, maxAge = 1_000 } = this.#options;
    const oldest = now() - maxAge;
    const isFresh = (node: number): boolean => (this.#checked.get(node)?.at ?? -Infinity) >= oldest;
    if (!nodes.every(isFresh)) await this.#ask([...new Set([...nodes, ...soon])].filter((node) => !isFresh(node)));
    const verdicts = new Map<number, Verdict>();
    for (const node of nodes) {
      const verdict = this.#checked.get(node)?.verdict;
      if (verdict !== undefined) verdicts.set(node, verdict);
    }
    return verdicts;
  }

  async #ask(nodes: readonly number[]): Promise<void> {
    const { core, graph, idOf, judge, now = Date.now } = this.#options;
    // What the core answers is as old as the question.
    const at = now();
    const numbers = new Map(nodes.map((node) => [idOf(node), node]));
    const missing = new Set(nodes);
    for await (const row of core.searchList(graph, idsQuery([...numbers.keys()]), { section: 'reported' })) {
      const node = numbers.get(row.id);
      if (node === undefined) continue;
      missing.delete(node);
      this.#checked.set(node, { at, verdict: judge(node, row) });
    }
    for (const node of missing) this.#checked.set(node, { at, verdict: skipped('the core does not have it any more') });
  }
}
