import type { JsonObject, JsonValue } from '@resoto/worker-core';
import { ScriptedCore, type ScriptedSocket } from '@resoto/worker-core/testing';

/** A core that does nothing but send tag tasks: as many at once as a bench likes, and with the time each takes. */
export interface TagCore {
  readonly uri: string;
  /** Waits until a worker takes tag tasks. */
  registered(): Promise<void>;
  /**
   * Sends a task for each node, and as soon as one is answered the next.
   *
   * @returns milliseconds each took, sorted
   * @throws Error with what the worker answers when it cannot do a task
   */
  change(nodes: readonly JsonObject[], update: JsonObject, atOnce: number): Promise<readonly number[]>;
  stop(): Promise<void>;
}

interface Sent {
  readonly at: number;
  readonly resolve: (milliseconds: number) => void;
  readonly reject: (error: Error) => void;
}

interface TaskResult {
  readonly task_id: string;
  readonly result: 'done' | 'error';
  readonly error?: string;
}

const queue = '/work/queue';

export async function startTagCore(config: JsonObject): Promise<TagCore> {
  const open = new Map<string, Sent>();
  let register: (socket: ScriptedSocket) => void = () => {};
  const worker = new Promise<ScriptedSocket>((resolve) => (register = resolve));
  const core = await ScriptedCore.start({
    onMessage(socket, message) {
      if (socket.path !== queue) return;
      if (Array.isArray(message)) register(socket);
      else settle(open, message);
      // It keeps all messages, and would grow with every task.
      socket.received.length = 0;
    },
  });
  const answered = { json: {}, headers: { 'Resoto-Config-Revision': '1' } };
  core.answer('GET', '/config/resoto.worker', { ...answered, json: { config, raw_config: config, overrides: null } });
  for (const path of ['/config/resoto.worker', '/configs/model']) core.answer('PATCH', path, answered);

  let lastId = 0;
  async function send(node: JsonObject, update: JsonObject): Promise<number> {
    const socket = await worker;
    const id = String((lastId += 1));
    return new Promise((resolve, reject) => {
      open.set(id, { at: performance.now(), resolve, reject });
      socket.send({ task_id: id, task_name: 'tag', attrs: { cloud: 'aws' }, data: { update, delete: [], node } });
    });
  }

  return {
    uri: core.uri,
    async registered() {
      await worker;
    },
    async change(nodes, update, atOnce) {
      const times: number[] = [];
      const left = nodes.values();
      const sender = async (): Promise<void> => {
        for (const node of left) times.push(await send(node, update));
      };
      await Promise.all(Array.from({ length: atOnce }, sender));
      return times.sort((one, other) => one - other);
    },
    stop: () => core.stop(),
  };
}

function settle(open: Map<string, Sent>, message: JsonValue): void {
  const { task_id: id, result, error } = message as unknown as TaskResult;
  const sent = open.get(id);
  open.delete(id);
  if (result === 'done') sent?.resolve(performance.now() - sent.at);
  else sent?.reject(new Error(`A tag task failed: ${error}`));
}
