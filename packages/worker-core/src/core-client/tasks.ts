/** The work queue: takes tasks of the core and answers every one of them (protocol 6). */
import { errorAdvice, errorFacts, errorHint, errorText, ProtocolError } from '../errors.ts';
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
import { ConnectionLog } from './connection-log.ts';
import type { CoreConnection } from './connection.ts';
import { answerTime, endsWithin, workerStops } from './draining.ts';
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
  /** Tasks that may wait for their turn; further ones are answered with an error at once. Default: 1000. */
  readonly maxWaiting?: number;
  readonly onState?: (state: SocketState) => void;
  readonly onEnd?: (end: TaskEnd) => void;
  readonly backOff?: BackOff;
  readonly heartBeat?: HeartBeat;
}

/** The connection a task came on: on another one its result means nothing (protocol 6.3). */
interface TaskConnection {
  readonly epoch: number;
  readonly lost: AbortController;
  /** Aborted when the connection is lost, or the worker stops. */
  readonly signal: AbortSignal;
}

export class TaskClient {
  readonly #options: TaskClientOptions;
  readonly #limit: Limit;
  readonly #maxTasks: number;
  readonly #work = new Set<Promise<void>>();
  readonly #socket: CoreSocket | undefined;
  readonly #connectionLog: ConnectionLog;
  readonly #stop = new AbortController();
  #connection: TaskConnection | undefined;
  #accepts = true;

  /** Connects at once. Without handlers it does not: the core would close such a connection. */
  constructor(options: TaskClientOptions) {
    const { connection, handlers, concurrency = 20, maxWaiting = 1000, backOff, heartBeat } = options;
    this.#options = options;
    this.#connectionLog = new ConnectionLog(options.log, 'not connected to the work queue');
    this.#limit = limited(concurrency);
    this.#maxTasks = concurrency + maxWaiting;
    if (handlers.length === 0) return;
    this.#socket = new CoreSocket({
      connection,
      path: '/work/queue',
      log: options.log,
      ...(backOff && { backOff }),
      ...(heartBeat && { heartBeat }),
      onMessage: (text) => this.#receive(text),
      onState: (state) => this.#onState(state),
    });
  }

  /** Undefined when there is nothing to offer. */
  get state(): SocketState | undefined {
    return this.#socket?.state;
  }

  /** Number of tasks that run, wait for their turn, or whose answer is on its way. */
  get running(): number {
    return this.#work.size;
  }

  /** Resolves when no task runs any more. */
  async idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  /**
   * Ends without losing work: tasks that come from now on are answered with an error, because a core gives a task to nobody else;
   * those that are here are finished. What is not done when the signal is aborted is aborted and answered with an error. May be
   * called again, for instance with less patience. The connection stays open until `close`.
   */
  async drain(signal: AbortSignal): Promise<void> {
    this.#accepts = false;
    if (await endsWithin(this.idle(), signal)) return;
    this.#stop.abort(workerStops());
    if (await endsWithin(this.idle(), AbortSignal.timeout(answerTime))) return;
    this.#options.log.warn('tasks do not end', { tasks: this.#work.size });
  }

  /** Closes the connection, which ends the tasks that still run; the core gives up on them at once. */
  async close(): Promise<void> {
    await this.#socket?.close();
    await this.idle();
  }

  #onState(state: SocketState): void {
    const { handlers, log, onState } = this.#options;
    if (state.is === 'connected') {
      const lost = new AbortController();
      this.#connection = { epoch: state.epoch, lost, signal: AbortSignal.any([lost.signal, this.#stop.signal]) };
      void this.#send(taskRegistration(handlers), 'registration');
    } else if (this.#connection !== undefined) {
      if (this.#work.size > 0) log.warn('tasks were lost with their connection', { tasks: this.#work.size });
      this.#connection.lost.abort(new ProtocolError('the connection of the task was closed', { code: 'task_lost' }));
      this.#connection = undefined;
    }
    this.#connectionLog.note(state);
    onState?.(state);
  }

  #receive(text: string): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    let task: WorkerTask;
    try {
      task = parseTask(text);
    } catch (error) {
      this.#options.log.warn('a task of the core was ignored', { error: errorText(error) });
      const { taskId } = errorFacts(error);
      if (typeof taskId === 'string') void this.#send(taskError({ task_id: taskId }, errorText(error)), 'broken task');
      return;
    }
    this.#options.log.trace('task received', { task: task.task_name, id: task.task_id });
    const handler = handlerOf(this.#options.handlers, task);
    const refusal = handler === undefined ? `This worker has no handler for ${task.task_name}` : this.#refusal(task);
    if (handler !== undefined && refusal === undefined) this.#start(task, handler, connection);
    else this.#refuse(task, handler, refusal);
  }

  /** Why a task is answered at once. To let it wait for longer than the core does would help nobody. */
  #refusal({ task_name: name }: WorkerTask): string | undefined {
    if (!this.#accepts) return `The worker stops and takes no ${name} any more. Try again when another one is there.`;
    if (this.#work.size < this.#maxTasks) return undefined;
    return `The worker is busy with ${this.#work.size} tasks and takes no further ${name}. Try again later.`;
  }

  #refuse(task: WorkerTask, handler: TaskHandler | undefined, reason = ''): void {
    this.#tellEnd(task, handler, 'failed', performance.now());
    void this.#send(taskError(task, reason), task.task_name);
  }

  #start(task: WorkerTask, handler: TaskHandler, connection: TaskConnection): void {
    const arrived = performance.now();
    const work = this.#limit(() => this.#run(task, handler, connection, arrived), connection.lost.signal)
      // Only a task whose connection was lost while it waited does not run.
      .catch(() => this.#tellEnd(task, handler, 'lost', arrived))
      .finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  async #run(task: WorkerTask, handler: TaskHandler, connection: TaskConnection, arrived: number): Promise<void> {
    const { answer, result } = await this.#answer(task, handler, connection.signal, arrived);
    const isLost = this.#connection !== connection;
    this.#tellEnd(task, handler, isLost ? 'lost' : result, arrived);
    if (!isLost) await this.#send(answer, task.task_name);
  }

  #tellEnd(task: WorkerTask, handler: TaskHandler | undefined, result: TaskEnd['result'], arrived: number): void {
    const cloud = handler?.filter['cloud'] === undefined ? '' : (task.attrs['cloud'] ?? '');
    const seconds = (performance.now() - arrived) / 1000;
    this.#options.log.trace('task ended', { task: task.task_name, id: task.task_id, result, seconds });
    // Names come from the core: those of handlers are few.
    this.#options.onEnd?.({ task: handler?.name ?? 'unknown', cloud, result, seconds });
  }

  async #answer(
    task: WorkerTask,
    handler: TaskHandler,
    signal: AbortSignal,
    arrived: number,
  ): Promise<{ readonly answer: string; readonly result: 'done' | 'failed' }> {
    const failed = (text: string) => ({ answer: taskError(task, text), result: 'failed' }) as const;
    if (performance.now() - arrived > (handler.patience ?? Infinity)) {
      return failed(`The worker had no time for this ${task.task_name} before the core gave up`);
    }
    try {
      signal.throwIfAborted();
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
      return failed(errorAdvice(error));
    }
  }

  async #send(frame: string, what: string): Promise<void> {
    try {
      await this.#socket?.send(frame);
    } catch (error) {
      this.#options.log.warn('the core could not be answered', { what, error: errorText(error) });
    }
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
