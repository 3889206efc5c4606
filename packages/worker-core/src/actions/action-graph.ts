import type { CoreClient } from '../core-client/core-client.ts';
import type { Logger } from '../plugin/contract.ts';
import type { ActionGraph } from '../plugin/action-contract.ts';
import type { GraphRow, NodeRow } from '../protocol/graph-line.ts';
import { isJsonObject, stringifyJson, type JsonValue } from '../protocol/json.ts';
import { quoted } from '../protocol/query-text.ts';
import { NodeChanges, type NodeChange } from './node-changes.ts';
import { nodeName } from './node-name.ts';
import { Tally } from './tally.ts';

export interface ActionGraphOptions {
  readonly core: Pick<CoreClient, 'patchNodes' | 'searchList' | 'searchGraph' | 'execute'>;
  /** Name of the graph. */
  readonly graph: string;
  /** Nothing is changed. */
  readonly dryRun: boolean;
  readonly log: Logger;
  readonly report: (level: 'info' | 'error', message: string) => void;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** The graph as an action plugin sees it. */
export class RunGraph implements ActionGraph {
  readonly #options: ActionGraphOptions;
  readonly #changes: NodeChanges;
  readonly #done = new Tally();
  readonly #left = new Tally();
  /** Command → nodes it is for. */
  readonly #tags = new Map<string, NodeRow[]>();

  constructor(options: ActionGraphOptions) {
    this.#options = options;
    this.#changes = new NodeChanges({ ...options, onDropped: (node, reason) => this.leave(node, reason) });
  }

  nodes(query: string): AsyncIterable<NodeRow> {
    const { core, graph, signal } = this.#options;
    return core.searchList(graph, query, { section: 'reported', signal });
  }

  nodesAndEdges(query: string): AsyncIterable<GraphRow> {
    const { core, graph, signal } = this.#options;
    return core.searchGraph(graph, query, { section: 'reported', signal });
  }

  async mark(node: NodeRow, reason: string): Promise<void> {
    const { metadata = {} } = node;
    if (metadata['protected'] === true) return this.leave(node, 'it is protected');
    if (metadata['phantom'] === true) return this.leave(node, 'it is no thing of its own');
    if (metadata['cleaned'] === true || this.#changes.isMarked(node)) return;
    await this.#change(node, 'marked for cleanup', reason, { clean: true, message: `Marked for cleanup: ${reason}` });
  }

  async unmark(node: NodeRow, reason: string): Promise<void> {
    if (!this.#changes.isMarked(node)) return;
    await this.#change(node, 'not marked for cleanup any more', reason, {
      clean: false,
      message: `Not marked for cleanup any more: ${reason}`,
    });
  }

  async protect(node: NodeRow, reason: string): Promise<void> {
    if (node.metadata?.['protected'] === true) return;
    await this.#change(node, 'protected', reason, { protect: true, message: `Protected: ${reason}` });
  }

  async note(node: NodeRow, message: string): Promise<void> {
    this.#options.log.info('noted on a resource', { node: node.id, resource: nodeName(node), message });
    if (!this.#options.dryRun) await this.#changes.add(node, { message });
  }

  leave(node: NodeRow, reason: string): void {
    this.#options.log.info('resource left alone', { node: node.id, resource: nodeName(node), reason });
    this.#left.add(reason, nodeName(node));
  }

  async tag(node: NodeRow, key: string, value: string, reason: string): Promise<void> {
    const { dryRun, log } = this.#options;
    log.info('tag is set', { node: node.id, resource: nodeName(node), key, value, reason, dryRun });
    this.#done.add(`tag ${key} set to ${value}: ${reason}`, nodeName(node));
    if (dryRun) return;
    await this.#changes.add(node, { message: `Tag ${key} is set to ${value}: ${reason}` });
    const command = `tag update ${quoted(key)} ${quoted(value)}`;
    const nodes = this.#tags.get(command) ?? [];
    this.#tags.set(command, nodes);
    nodes.push(node);
  }

  async *execute(command: string): AsyncIterable<JsonValue> {
    const { core, graph, dryRun, signal, log } = this.#options;
    log.info('command', { command, dryRun });
    if (!dryRun) yield* core.execute(command, { graph, section: 'reported', signal });
  }

  /** Writes what was gathered, and tells what was done and what was left alone. */
  async end(): Promise<void> {
    const { dryRun, report } = this.#options;
    await this.#changes.flush();
    for (const [command, nodes] of this.#tags) await this.#tag(command, nodes);
    for (const text of this.#done.texts()) report('info', dryRun ? `dry run, nothing is changed: ${text}` : text);
    for (const text of this.#left.texts()) report('info', `left alone: ${text}`);
  }

  /** The core has a task for each node, and answers those that failed with an error. */
  async #tag(command: string, nodes: readonly NodeRow[]): Promise<void> {
    const failed = new Tally();
    const names = new Map(nodes.map((node) => [node.id, nodeName(node)]));
    const line = `json ${stringifyJson([...names.keys()])} | ${command} | dump`;
    for await (const result of this.execute(line)) {
      const { error, id } = isJsonObject(result) ? result : {};
      if (typeof error === 'string' && typeof id === 'string') failed.add(error, names.get(id) ?? id);
    }
    for (const text of failed.texts()) this.#options.report('error', text);
  }

  async #change(node: NodeRow, done: string, reason: string, change: NodeChange): Promise<void> {
    const { dryRun, log } = this.#options;
    log.info(done, { node: node.id, resource: nodeName(node), reason, dryRun });
    this.#done.add(`${done}: ${reason}`, nodeName(node));
    if (!dryRun) await this.#changes.add(node, change);
  }
}
