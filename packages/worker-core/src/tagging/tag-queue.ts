import type { CollectorInput, JobEvent } from '../collect/jobs.ts';
import type { ThreadPool } from '../collect/thread-pool.ts';
import { plainError } from '../collect/plain-error.ts';
import { TimedOutError } from '../errors.ts';
import type { Logger, TagChanges } from '../plugin/contract.ts';
import { nodeOf } from '../plugin/stored-node.ts';
import type { JsonObject } from '../protocol/json.ts';
import { RecentChanges } from './recent-changes.ts';
import type { TagOrder, TagOutcome } from './tag-order.ts';
import { tagError, tagsOf, withChanges, without, type TagTask } from './tag-task.ts';

/** Tasks on the same node run one after the other, and each result has the changes of those before. */
interface NodeHistory {
  readonly recent: RecentChanges;
  last: Promise<unknown>;
  waiting: number;
}

interface Waiting {
  readonly order: TagOrder;
  readonly signal: AbortSignal;
  readonly resolve: (outcome: TagOutcome) => void;
}

/** Nodes whose last changes are remembered. A core sends a node again as it was before them, when it asks quickly. */
const remembered = 5_000;

/** Milliseconds the core waits for a tag task (protocol 6.5). What begins later would change a tag nobody knows of. */
export const tagPatience = 30_000;

/** Milliseconds a plugin has that does not listen to its signal; it would take others in its thread down. */
const grace = 60_000;

/** How to reach the collector. Settings are asked for by each job. */
export interface TagCollector extends Omit<CollectorInput, 'config'> {
  readonly config: () => JsonObject;
}

/** Changes tags of one cloud in worker threads. Tasks that come at the same time travel together. */
export class TagQueue {
  readonly #pool: ThreadPool;
  readonly #collector: TagCollector;
  readonly #log: Logger;
  readonly #nodes = new Map<string, NodeHistory>();
  #arrived: Waiting[] = [];
  #lastId = 0;

  constructor(pool: ThreadPool, collector: TagCollector, log: Logger) {
    this.#pool = pool;
    this.#collector = collector;
    this.#log = log;
  }

  /**
   * Carries out a task.
   *
   * @returns the node with the tags that were changed, for the core to store
   * @throws WorkerError `tags_not_changed` when none of them was; the reason of the signal
   */
  async change(task: TagTask, signal: AbortSignal): Promise<JsonObject> {
    const history = this.#historyOf(task);
    const before = history.last;
    const work =
      history.waiting === 0 ? this.#change(task, history, signal) : this.#after(before, task, history, signal);
    history.waiting += 1;
    // The next task has to wait for the end of this one, however it ends.
    history.last = work.then(ended, ended);
    try {
      return await work;
    } finally {
      history.waiting -= 1;
    }
  }

  async #after(
    before: Promise<unknown>,
    task: TagTask,
    history: NodeHistory,
    signal: AbortSignal,
  ): Promise<JsonObject> {
    const arrived = performance.now();
    await before;
    if (performance.now() - arrived > tagPatience)
      throw new TimedOutError('Other changes of this resource took too long');
    return this.#change(task, history, signal);
  }

  async #change(task: TagTask, history: NodeHistory, signal: AbortSignal): Promise<JsonObject> {
    signal.throwIfAborted();
    const { changes } = task;
    const resource = withChanges(task.resource, history.recent.missingIn(tagsOf(task.resource), performance.now()));
    const keys = [...changes.remove, ...Object.keys(changes.update)];
    const { failed, computed } = await this.#order(resource, changes, signal);
    signal.throwIfAborted();
    const error = failed.length === 0 ? undefined : tagError(task, this.#collector.cloud, failed);
    if (error !== undefined && failed.length === keys.length) throw error;
    if (error !== undefined) this.#log.error('some tags were not changed', { error });
    const done = without(changes, new Set(failed.map(([key]) => key)));
    history.recent.note(tagsOf(resource), done, performance.now());
    return nodeOf(withChanges(resource, done), computed);
  }

  #order(resource: TagOrder['resource'], changes: TagChanges, signal: AbortSignal): Promise<TagOutcome> {
    return new Promise((resolve) => {
      const order = { id: (this.#lastId += 1), changes, resource };
      if (this.#arrived.push({ order, signal, resolve }) === 1) setImmediate(() => this.#send());
    });
  }

  #send(): void {
    const byConnection = new Map<AbortSignal, Waiting[]>();
    for (const waiting of this.#arrived.splice(0)) {
      const others = byConnection.get(waiting.signal);
      if (others === undefined) byConnection.set(waiting.signal, [waiting]);
      else others.push(waiting);
    }
    for (const [signal, waiting] of byConnection) void this.#run(waiting, signal);
  }

  async #run(waiting: readonly Waiting[], signal: AbortSignal): Promise<void> {
    const open = new Map(waiting.map((task) => [task.order.id, task]));
    const settle = (outcome: TagOutcome): void => {
      open.get(outcome.id)?.resolve(outcome);
      open.delete(outcome.id);
    };
    const onEvent = (event: JobEvent): void => {
      if (event.type === 'tagged') for (const outcome of event.outcomes) settle(outcome);
    };
    const collector = { ...this.#collector, config: this.#collector.config() };
    const input = () => ({ ...collector, orders: [...open.values()].map(({ order }) => order) });
    this.#log.debug('tags are changed', { cloud: this.#collector.cloud, resources: waiting.length });
    let reason: unknown = new Error('the plugin gave no answer');
    try {
      await this.#pool.run('tag', input, { signal, onEvent, grace });
    } catch (error) {
      reason = error;
    }
    for (const { order } of [...open.values()]) settle(failedAltogether(order, reason));
  }

  #historyOf({ resource: { nodeId } }: TagTask): NodeHistory {
    const known = this.#nodes.get(nodeId);
    this.#nodes.delete(nodeId);
    const history = known ?? { recent: new RecentChanges(), last: Promise.resolve(), waiting: 0 };
    this.#nodes.set(nodeId, history);
    if (this.#nodes.size > remembered) this.#forgetOldest();
    return history;
  }

  #forgetOldest(): void {
    for (const [nodeId, { waiting }] of this.#nodes) {
      if (waiting > 0) continue;
      this.#nodes.delete(nodeId);
      return;
    }
  }
}

function failedAltogether({ id, changes }: TagOrder, reason: unknown): TagOutcome {
  const error = plainError(reason);
  const keys = [...changes.remove, ...Object.keys(changes.update)];
  return { id, failed: keys.map((key) => [key, error]), computed: [] };
}

function ended(): void {}
