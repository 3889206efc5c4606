import { idsQuery } from '../collect/core-queries.ts';
import type { CoreClient } from '../core-client/core-client.ts';
import type { NodeRow } from '../protocol/graph-line.ts';
import { skipped, type Verdict } from './outcome.ts';

export interface FreshCheckOptions {
  readonly core: CoreClient;
  readonly graph: string;
  /** Id of a node of the plan. */
  readonly idOf: (node: number) => string;
  /** Ids of what goes with it: asked for together with it. */
  readonly takes: (node: number) => readonly string[];
  /** @returns why a node is not deleted any more because of what goes with it */
  readonly judgeTaken: (row: NodeRow) => Verdict | undefined;
  /** @returns why a node is not deleted any more */
  readonly judge: (node: number, row: NodeRow) => Verdict | undefined;
  /** Milliseconds an answer counts. Default: 1 second. */
  readonly maxAge?: number;
  readonly now?: () => number;
  /** Aborted: whoever waits for an answer of the core waits no more. */
  readonly signal?: AbortSignal;
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
    const { core, graph, idOf, takes, judge, judgeTaken, signal, now = Date.now } = this.#options;
    // What the core answers is as old as the question.
    const at = now();
    const numbers = new Map(nodes.map((node) => [idOf(node), node]));
    const takers = new Map<string, number[]>();
    for (const node of nodes) for (const id of takes(node)) takers.set(id, [...(takers.get(id) ?? []), node]);
    const missing = new Set(nodes);
    const verdicts = new Map<number, Verdict>();
    const ids = [...new Set([...numbers.keys(), ...takers.keys()])];
    const rows = core.searchList(graph, idsQuery(ids), {
      section: 'reported',
      ...(signal !== undefined && { signal }),
    });
    for await (const row of rows) {
      const node = numbers.get(row.id);
      if (node !== undefined) {
        missing.delete(node);
        const verdict = judge(node, row);
        if (verdict !== undefined) verdicts.set(node, verdict);
      }
      const kept = takers.has(row.id) ? judgeTaken(row) : undefined;
      if (kept !== undefined) for (const taker of takers.get(row.id) ?? []) verdicts.set(taker, kept);
    }
    for (const node of nodes) this.#checked.set(node, { at, verdict: verdicts.get(node) });
    for (const node of missing) this.#checked.set(node, { at, verdict: skipped('the core does not have it any more') });
  }
}
