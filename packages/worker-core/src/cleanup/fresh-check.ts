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

/** What the core was asked, and when. Its answer is as old as that. */
interface Question {
  readonly at: number;
  /** Why nodes are not deleted any more; those it does not hold may be. */
  readonly verdicts: Promise<ReadonlyMap<number, Verdict>>;
}

/**
 * Asks the core for nodes again, directly before they are deleted: many in one request, so that it costs next to nothing each.
 * Checks that come while the core is being asked for their nodes wait for that answer.
 */
export class FreshCheck {
  readonly #options: FreshCheckOptions;
  /** The latest one about each node. */
  readonly #questions = new Map<number, Question>();

  constructor(options: FreshCheckOptions) {
    this.#options = options;
  }

  /** @throws whatever the search throws */
  async check(nodes: readonly number[], soon: readonly number[]): Promise<ReadonlyMap<number, Verdict>> {
    const { now = Date.now, maxAge = 1_000 } = this.#options;
    const at = now();
    const isStale = (node: number): boolean => (this.#questions.get(node)?.at ?? -Infinity) < at - maxAge;
    if (nodes.some(isStale)) this.#ask([...new Set([...nodes, ...soon])].filter(isStale), at);
    const found = await Promise.all(nodes.map(async (node) => (await this.#questions.get(node)?.verdicts)?.get(node)));
    const verdicts = new Map<number, Verdict>();
    nodes.forEach((node, position) => {
      const verdict = found[position];
      if (verdict !== undefined) verdicts.set(node, verdict);
    });
    return verdicts;
  }

  #ask(nodes: readonly number[], at: number): void {
    const question = { at, verdicts: this.#verdicts(nodes) };
    for (const node of nodes) this.#questions.set(node, question);
  }

  async #verdicts(nodes: readonly number[]): Promise<ReadonlyMap<number, Verdict>> {
    const { core, graph, idOf, takes, judge, judgeTaken, signal } = this.#options;
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
    for (const node of missing) verdicts.set(node, skipped('the core does not have it any more'));
    return verdicts;
  }
}
