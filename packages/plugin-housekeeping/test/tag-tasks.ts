/** A worker that does tag tasks of the cloud aws, or fails them. */
import { isJsonObject, type JsonObject } from '@resoto/worker-core/plugin';
import { eventually } from '@resoto/worker-core/testing';

export interface TagTasks {
  /** Id of the node and what was to be set, sorted by id. */
  readonly updates: readonly (readonly [string, JsonObject])[];
  close(): Promise<void>;
}

export async function tagTasks(uri: string, error?: string): Promise<TagTasks> {
  const updates: [string, JsonObject][] = [];
  const socket = new WebSocket(`${uri.replace('http', 'ws')}/work/queue`);
  socket.addEventListener('message', ({ data: text }) => {
    const { task_id, data } = JSON.parse(String(text)) as { readonly task_id: string; readonly data: JsonObject };
    const { node, update } = data;
    if (!isJsonObject(node) || !isJsonObject(update)) return;
    const { id, reported } = node;
    const answer = error === undefined ? { result: 'done', data: tagged(node, update) } : { result: 'error', error };
    updates.push([typeof id === 'string' ? id : JSON.stringify(reported), update]);
    socket.send(JSON.stringify({ task_id, ...answer }));
  });
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  socket.send(JSON.stringify([{ name: 'tag', filter: { cloud: ['aws'] }, expect_node_result: true }]));
  return {
    get updates() {
      return updates.toSorted(([a], [b]) => (a < b ? -1 : 1));
    },
    async close() {
      socket.close();
      await eventually(() => {
        if (socket.readyState !== WebSocket.CLOSED) throw new Error('not closed yet');
      });
    },
  };
}

function tagged({ id, reported }: JsonObject, update: JsonObject): JsonObject {
  const { age: _a, last_update: _u, last_access: _c, ...stored } = isJsonObject(reported) ? reported : {};
  const tags = isJsonObject(stored['tags']) ? stored['tags'] : {};
  return { id: id ?? null, reported: { ...stored, tags: { ...tags, ...update } } };
}
