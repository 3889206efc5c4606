/** The work queue: takes tasks of the core and answers every one of them (protocol 6). */
import { errorHint, errorText, ProtocolError } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import type { JsonValue } from '../protocol/json.ts';
import {
  parseTask,
  taskDone,
  taskError,
  taskRegistration,
  type TaskOffer,
  type WorkerTask,
} from '../protocol/messages.ts';
import type { BackOff } from './back-off.ts';
import type { CoreConnection } from './connection.ts';
import type { HeartBeat } from './heart-beat.ts';
import { limited, type Limit } from './limit.ts';
import { CoreSocket, maxFrameLength, type SocketState } from './socket.ts';

/** Does one kind of task. What it returns is the result; what it throws is reported as error. */
export interface TaskHandler extends TaskOffer {
  /** Milliseconds after which the core gives up. A task that waited longer is not begun any more. Default: no limit. */
  readonly patience?: number;
  /** The signal is aborted when the core cannot be answered any more, or the worker stops. */
  readonly handle: (task: WorkerTask, signal: AbortSignal) => Promise<JsonValue>;
}

/** How a task ended. `lost`: its connection was closed before, so that nobody was told. */
export interface TaskEnd {
  readonly task: string;
  /** Cloud of the handler that did it; empty when it is not for one cloud, or there is no handler. */
  readonly cloud: string;
  readonly result: 'done' | 'failed' | 'lost';
  /** Since it arrived. */
  readonly seconds: number;
}

export interface TaskClientOptions {
  readonly connection: CoreConnection;
  readonly handlers: readonly TaskHandler[];
  readonly log: Logger;
  /** Tasks that run at once; further ones wait. Default: 20. */
  readonly concurrency?: number;
  readonly onState?: (state: SocketState) => void;
  readonly onEnd?: (end: TaskEnd) => void;
  readonly backOff?: BackOff;
  readonly heartBeat?: HeartBeat;
}

export class TaskClient {
  readonly #options: TaskClientOptions;
  readonly #limit: Limit;
  readonly #work = new Map<Promise<void>, WorkerTask>();
  readonly #socket: CoreSocket | undefined;
  // Tasks belong to the connection they came on: on another one their results mean nothing.
  #connection = new AbortController();

  /** Connects at once. Without handlers it does not: the core would close such a connection. */
  constructor(options: TaskClientOptions) {
    const { connection, handlers, concurrency = 20, backOff, heartBeat } = options;
    this.#options = options;
    this.#limit = limited(concurrency);
    if (handlers.length === 0) return;
    this.#socket = new CoreSocket({
      connection,
      path: '/work/queue',
      ...(backOff && { backOff }),
      ...(heartBeat && { heartBeat }),
      onMessage: (text, epoch) => this.#receive(text, epoch),
      onState: (state) => this.#onState(state),
    });
  }

  /** Undefined when there is nothing to offer. */
  get state(): SocketState | undefined {
    return this.#socket?.state;
  }

  /** Number of tasks that run or wait for their turn. */
  get running(): number {
    return this.#work.size;
  }

  /** Resolves when no task runs any more. */
  async idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work.keys());
  }

  /** Closes the connection, which ends the tasks that still run; the core gives up on them at once. */
  async close(): Promise<void> {
    await this.#socket?.close();
    await this.idle();
  }

  #onState(state: SocketState): void {
    const { handlers, log, onState } = this.#options;
    if (state.is === 'connected') {
      this.#connection = new AbortController();
      this.#send(taskRegistration(handlers), 'registration');
    } else if (!this.#connection.signal.aborted) {
      if (this.#work.size > 0) log.warn('tasks were lost with their connection', { tasks: this.#work.size });
      this.#connection.abort(new ProtocolError('the connection of the task was closed', { code: 'task_lost' }));
    }
    if (state.is === 'disconnected') {
      const { error, retryIn } = state;
      log.warn('not connected to the work queue', { error: errorText(error), hint: errorHint(error), retryIn });
    }
    onState?.(state);
  }

  #receive(text: string, epoch: number): void {
    let task: WorkerTask;
    try {
      task = parseTask(text);
    } catch (error) {
      this.#options.log.warn('a task of the core was ignored', { error: errorText(error) });
      return;
    }
    const { signal } = this.#connection;
    const arrived = performance.now();
    const work = this.#limit(() => this.#run(task, epoch, signal, arrived)).finally(() => this.#work.delete(work));
    this.#work.set(work, task);
  }

  async #run(task: WorkerTask, epoch: number, signal: AbortSignal, arrived: number): Promise<void> {
    const handler = handlerOf(this.#options.handlers, task);
    const end = (result: TaskEnd['result']): void => this.#tellEnd(task, handler, result, arrived);
    if (signal.aborted) {
      end('lost');
      return;
    }
    const { answer, result } = await this.#answer(task, handler, signal, arrived);
    const isLost = signal.aborted || this.#socket?.epoch !== epoch;
    end(isLost ? 'lost' : result);
    if (!isLost) this.#send(answer, task.task_name);
  }

  #tellEnd(task: WorkerTask, handler: TaskHandler | undefined, result: TaskEnd['result'], arrived: number): void {
    const cloud = handler?.filter['cloud'] === undefined ? '' : (task.attrs['cloud'] ?? '');
    const seconds = (performance.now() - arrived) / 1000;
    // Names come from the core: those of handlers are few.
    this.#options.onEnd?.({ task: handler?.name ?? 'unknown', cloud, result, seconds });
  }

  async #answer(
    task: WorkerTask,
    handler: TaskHandler | undefined,
    signal: AbortSignal,
    arrived: number,
  ): Promise<{ readonly answer: string; readonly result: 'done' | 'failed' }> {
    const failed = (text: string) => ({ answer: taskError(task, text), result: 'failed' }) as const;
    if (handler === undefined) return failed(`This worker has no handler for ${task.task_name}`);
    if (performance.now() - arrived > (handler.patience ?? Infinity)) {
      return failed(`The worker had no time for this ${task.task_name} before the core gave up`);
    }
    try {
      const answer = taskDone(task, await handler.handle(task, signal));
      const isTooLong = Buffer.byteLength(answer) > maxFrameLength;
      return isTooLong
        ? failed(`The result of ${task.task_name} is too long for the core`)
        : { answer, result: 'done' };
    } catch (error) {
      this.#options.log.warn('a task failed', {
        task: task.task_name,
        error: errorText(error),
        hint: errorHint(error),
      });
      return failed(errorText(error));
    }
  }

  #send(frame: string, what: string): void {
    this.#socket?.send(frame).catch((error: unknown) => {
      this.#options.log.warn('the core could not be answered', { what, error: errorText(error) });
    });
  }
}

/** Among the handlers whose filter fits, the one with the most attributes in it, as the core chooses. */
function handlerOf(handlers: readonly TaskHandler[], task: WorkerTask): TaskHandler | undefined {
  let best: TaskHandler | undefined;
  for (const handler of handlers) {
    if (handler.name !== task.task_name || !accepts(handler, task)) continue;
    if (best === undefined || filterSize(handler) > filterSize(best)) best = handler;
  }
  return best;
}

function accepts({ filter }: TaskHandler, { attrs }: WorkerTask): boolean {
  return Object.entries(filter).every(([name, accepted]) => {
    const value = attrs[name];
    return value !== undefined && value !== '' && accepted.includes(value);
  });
}

function filterSize({ filter }: TaskHandler): number {
  return Object.keys(filter).length;
}
