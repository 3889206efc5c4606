/** Changes of nodes that are gathered and written together (protocol 8.3). */
import type { CoreClient } from '../core-client/core-client.ts';
import { errorCode, errorText } from '../errors.ts';
import { idsQuery } from '../collect/core-queries.ts';
import type { NodePatch, NodeRow } from '../protocol/graph-line.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';
import { formatTimestamp } from '../protocol/timestamp.ts';

export interface NodeChangesOptions {
  readonly core: Pick<CoreClient, 'patchNodes' | 'searchList'>;
  readonly graph: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  /** A change that is not made any more, because the node is not what it was. */
  readonly onDropped: (node: NodeRow, reason: string) => void;
}

export interface NodeChange {
  readonly clean?: boolean;
  readonly protect?: true;
  /** For the event log. */
  readonly message: string;
}

interface Pending {
  readonly node: NodeRow;
  clean?: boolean;
  protect?: true;
  readonly log: JsonValue[];
}

const batchSize = 500;
const attempts = 3;
/** Entries of an event log that are kept; the oldest go. */
const logEntries = 100;

export class NodeChanges {
  readonly #options: NodeChangesOptions;
  readonly #pending = new Map<string, Pending>();

  constructor(options: NodeChangesOptions) {
    this.#options = options;
  }

  /** Whether a node is marked, changes that are not written yet included. */
  isMarked(node: NodeRow): boolean {
    return this.#pending.get(node.id)?.clean ?? node.desired?.['clean'] === true;
  }

  /** Takes a change; what was gathered is written when it is enough. Later changes of a node win. */
  async add(node: NodeRow, { clean, protect, message }: NodeChange): Promise<void> {
    const pending: Pending = this.#pending.get(node.id) ?? { node, log: [] };
    if (clean !== undefined) pending.clean = clean;
    if (protect !== undefined) pending.protect = protect;
    pending.log.push({ timestamp: formatTimestamp(this.#options.now()) ?? '', msg: message, exception: null });
    this.#pending.set(node.id, pending);
    if (this.#pending.size >= batchSize) await this.flush();
  }

  /** Writes what was gathered. */
  async flush(): Promise<void> {
    let batch = [...this.#pending.values()];
    this.#pending.clear();
    for (let attempt = 1; batch.length > 0; attempt += 1) {
      try {
        await this.#write(batch);
        return;
      } catch (error) {
        // One node that is not as it was read stops the whole batch.
        if (errorCode(error) !== 'core_refused') throw error;
        if (attempt === attempts) return await this.#writeOneByOne(batch);
        batch = await this.#readAgain(batch);
      }
    }
  }

  async #write(batch: readonly Pending[]): Promise<void> {
    const { core, graph, signal } = this.#options;
    await core.patchNodes(graph, batch.map(patchOf), { signal });
  }

  async #writeOneByOne(batch: readonly Pending[]): Promise<void> {
    for (const pending of batch) {
      try {
        await this.#write([pending]);
      } catch (error) {
        if (errorCode(error) !== 'core_refused') throw error;
        this.#options.onDropped(pending.node, `the core refused the change: ${errorText(error)}`);
      }
    }
  }

  /** The changes that are still to be made, on the nodes as they are now. */
  async #readAgain(batch: readonly Pending[]): Promise<Pending[]> {
    const { core, graph, signal, onDropped } = this.#options;
    const now = new Map<string, NodeRow>();
    const query = idsQuery(batch.map(({ node }) => node.id));
    for await (const node of core.searchList(graph, query, { section: '/', signal })) now.set(node.id, node);
    return batch.flatMap((pending) => {
      const node = now.get(pending.node.id);
      if (node === undefined) {
        onDropped(pending.node, 'it is gone');
        return [];
      }
      if (pending.clean === true && node.metadata?.['protected'] === true) {
        onDropped(node, 'it was protected meanwhile');
        return [];
      }
      return [{ ...pending, node }];
    });
  }
}

function patchOf({ node, clean, protect, log }: Pending): NodePatch {
  const stored = node.metadata?.['event_log'];
  const earlier = Array.isArray(stored) ? stored.filter(isEntry) : [];
  return {
    id: node.id,
    ...(node.revision === undefined ? {} : { revision: node.revision }),
    ...(clean === undefined ? {} : { desired: { clean } }),
    metadata: {
      ...(protect === true && { protected: true }),
      // The core replaces the list.
      event_log: [...earlier, ...log].slice(-logEntries),
    },
  };
}

function isEntry(value: JsonValue): value is JsonObject {
  return isJsonObject(value);
}
