/** What a core knows of the work it gave away, for a soak: which answers came, and what was lost with its connection. */
import { isJsonObject, type JsonObject, type JsonValue } from '../protocol/json.ts';
import { ScriptedCore, type ScriptedSocket } from './scripted-core.ts';

const queuePath = '/work/queue';

export class SoakCore {
  readonly handlePath: string;
  /** Action → number of answers. */
  readonly actions = new Map<string, number>();
  /** Task → number of answers. */
  readonly tasks = new Map<string, number>();
  /** Tasks whose connection was cut before their answer came. */
  readonly lost = new Set<string>();
  /** Results for tasks that are not those of the connection they came on. */
  foreign = 0;
  #core: ScriptedCore | undefined;
  #handle: ScriptedSocket | undefined;
  #queue: ScriptedSocket | undefined;
  #outstanding = new Set<string>();

  constructor(subscriberId: string) {
    this.handlePath = `/subscriber/${subscriberId}/handle`;
  }

  async start(): Promise<string> {
    this.#core = await ScriptedCore.start({
      onSocket: (socket) => this.#onSocket(socket),
      onMessage: (socket, message) => this.#onMessage(socket, message),
    });
    return this.#core.uri;
  }

  async stop(): Promise<void> {
    await this.#core?.stop();
  }

  get isConnected(): boolean {
    return this.#handle?.isOpen === true && this.#queue?.isOpen === true && this.#isRegistered(this.#queue);
  }

  /** Every piece of work was answered or is known as lost. */
  get isSettled(): boolean {
    const answered = [...this.actions.values()].every((answers) => answers > 0);
    return answered && this.#outstanding.size === 0;
  }

  sendAction(id: string): void {
    this.actions.set(id, 0);
    if (this.#handle?.isOpen === true) this.#handle.send(action(id));
  }

  /** Only while connected: otherwise it would wait in the queue of the core. */
  sendTask(id: string): void {
    this.tasks.set(id, 0);
    this.#outstanding.add(id);
    this.#queue?.send({ task_id: id, task_name: 'tag', data: { update: { owner: 'jane' } }, attrs: { cloud: 'acme' } });
  }

  /** Cuts both connections, one of them in the middle of a message. */
  cut(): void {
    for (const id of this.#outstanding) this.lost.add(id);
    this.#outstanding.clear();
    this.#handle?.cutInside({ kind: 'event', message_type: 'x', data: {} });
    this.#queue?.cut();
    this.#forget();
  }

  #onSocket(socket: ScriptedSocket): void {
    if (socket.path === queuePath) this.#queue = socket;
    if (socket.path !== this.handlePath) return;
    this.#handle = socket;
    for (const [id, answers] of this.actions) if (answers === 0) socket.send(action(id));
  }

  #onMessage(socket: ScriptedSocket, message: JsonValue): void {
    if (!isJsonObject(message)) return;
    if (socket.path === queuePath) this.#onResult(socket, textOf(message['task_id']));
    else if (message['kind'] === 'action_done' || message['kind'] === 'action_error') this.#onAnswer(message['data']);
    // The registration stays: it tells that the worker is ready.
    if (socket.received.length > 1) socket.received.length = 1;
  }

  #onResult(socket: ScriptedSocket, id: string): void {
    if (socket !== this.#queue || !this.#outstanding.delete(id)) {
      this.foreign += 1;
      return;
    }
    this.tasks.set(id, (this.tasks.get(id) ?? 0) + 1);
  }

  #onAnswer(data: JsonValue | undefined): void {
    const id = isJsonObject(data) ? textOf(data['task']) : '';
    this.actions.set(id, (this.actions.get(id) ?? 0) + 1);
  }

  #isRegistered(socket: ScriptedSocket): boolean {
    return socket.received.length > 0;
  }

  /** What the core of the test records would grow without end. */
  #forget(): void {
    this.#handle = undefined;
    this.#queue = undefined;
    this.#core?.requests.splice(0);
    this.#core?.sockets.splice(0);
  }
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function action(task: string): JsonObject {
  return { kind: 'action', message_type: 'collect', data: { task, step: 'collect' } };
}
