/**
 * The action client: subscribes to events, runs each action once, and brings its answer and feedback to the core whatever
 * happens to the connection (protocol 5).
 */
import { errorAdvice, errorCode, errorText, ProtocolError, WorkerError } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import { parseBusMessage, type Action, type BusMessage } from '../protocol/messages.ts';
import { doneAnswer, errorAnswer } from './action-answer.ts';
import { ActionLog, actionKey, type ActionRecord } from './action-log.ts';
import type { BackOff } from './back-off.ts';
import { ConnectionLog } from './connection-log.ts';
import { pathOf } from './connection.ts';
import type { CoreClient } from './core-client.ts';
import { answerTime, endsWithin, workerStops } from './draining.ts';
import { actionFeedback, type Feedback } from './feedback.ts';
import type { HeartBeat } from './heart-beat.ts';
import { limited, type Limit } from './limit.ts';
import { MissedActions } from './missed-actions.ts';
import { Outbox } from './outbox.ts';
import { CoreSocket, type SocketState } from './socket.ts';

interface ActionEvent {
  readonly name: string;
  readonly waitForCompletion?: boolean;
}

/**
 * Does the work of an action. Returning is success; whatever it throws is reported as failure. The signal is aborted when the
 * run was stopped at the core (`action_aborted`) or this worker stops (`worker_stopped`).
 */
export type ActionHandler = (action: Action, feedback: Feedback, signal: AbortSignal) => Promise<void>;

/** How an action ended. `stopped`: the run was stopped at the core, or this worker stops. */
export interface ActionEnd {
  /** Type of the action, for instance `collect`. */
  readonly action: string;
  readonly result: 'done' | 'failed' | 'stopped';
  /** Without the time it waited for its turn. */
  readonly seconds: number;
}

export interface ActionClientOptions {
  readonly core: CoreClient;
  readonly subscriberId: string;
  readonly events: readonly ActionEvent[];
  /** Seconds the core waits for an answer. Asked whenever the core is told. */
  readonly timeout: () => number;
  readonly handle: ActionHandler;
  readonly log: Logger;
  /** Actions that run at once; further ones wait. Default: 5. */
  readonly concurrency?: number;
  /** Actions that may wait for their turn; further ones are answered with an error at once. Default: 100. */
  readonly maxWaiting?: number;
  /**
   * Milliseconds after which an action that was seen on the event bus, but not delivered, counts as missed. Default: 5000.
   * 0 switches the check off.
   */
  readonly missedAfter?: number;
  readonly onState?: (state: SocketState) => void;
  readonly onEnd?: (end: ActionEnd) => void;
  readonly backOff?: BackOff;
  readonly heartBeat?: HeartBeat;
}

export class ActionClient {
  readonly #options: ActionClientOptions;
  readonly #limit: Limit;
  readonly #maxActions: number;
  readonly #actions = new ActionLog();
  readonly #work = new Set<Promise<void>>();
  readonly #outbox: Outbox;
  readonly #socket: CoreSocket;
  readonly #connectionLog: ConnectionLog;
  readonly #missed: MissedActions | undefined;
  /** Seconds the core was told to wait. */
  #announced: number | undefined;
  #accepts = true;

  /** Connects at once. */
  constructor(options: ActionClientOptions) {
    const { core, subscriberId, events, log, missedAfter = 5_000, backOff, heartBeat } = options;
    const { concurrency = 5, maxWaiting = 100 } = options;
    this.#options = options;
    this.#limit = limited(concurrency);
    this.#maxActions = concurrency + maxWaiting;
    this.#connectionLog = new ConnectionLog(log, 'not connected to the core', { subscriber: subscriberId });
    this.#outbox = new Outbox({
      write: (frame) => this.#socket.send(frame),
      onRefused: (error) => log.warn('a reply was left out', { subscriber: subscriberId, error: errorText(error) }),
    });
    const socket = {
      ...{ connection: core.connection, log },
      ...(backOff && { backOff }),
      ...(heartBeat && { heartBeat }),
    };
    this.#socket = new CoreSocket({
      ...socket,
      path: pathOf('subscriber', subscriberId, 'handle'),
      beforeConnect: (signal) => this.#subscribe(signal),
      onMessage: (text, epoch) => this.#receive(text, epoch),
      onState: (state) => this.#onState(state),
    });
    if (missedAfter > 0) {
      this.#missed = new MissedActions({
        ...socket,
        events: events.map(({ name }) => name),
        after: missedAfter,
        isKnown: (action) => this.#actions.has(actionKey(action.data)),
        onMissed: (action) => this.#onMissed(action),
        connectionNumber: () => this.#socket.epoch,
      });
    }
  }

  get state(): SocketState {
    return this.#socket.state;
  }

  /** Number of actions that run or wait for their turn. */
  get running(): number {
    return this.#work.size;
  }

  /** Number of replies that were not sent yet. */
  get unsent(): number {
    return this.#outbox.size;
  }

  /** Tells the core how long to wait for answers from now on, if that has changed. Never throws. */
  announce(): void {
    const { log, subscriberId, timeout } = this.#options;
    // The next connection begins with it.
    if (this.state.is !== 'connected' || this.#announced === timeout()) return;
    this.#subscribe(AbortSignal.timeout(answerTime)).catch((error: unknown) => {
      log.warn('the core does not know yet how long to wait for answers', {
        ...{ subscriber: subscriberId, seconds: timeout(), error: errorText(error) },
        hint: 'It is told with the next connection.',
      });
    });
  }

  /** Resolves when no action runs any more. */
  async idle(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  /**
   * Ends without losing work: what runs is finished and answered. What is not done when the signal is aborted is aborted and
   * answered with an error. Actions that come from now on, and those that still waited for their turn, are not answered: a core gives
   * them to the next worker of this id as soon as it connects. May be called again, for instance with less patience. The connection
   * stays open until `close`.
   */
  async drain(signal: AbortSignal): Promise<void> {
    this.#accepts = false;
    await endsWithin(this.#delivered(signal), signal);
    if (this.#isDone()) return;
    this.#abortAll();
    await this.#deliver(AbortSignal.timeout(answerTime));
  }

  /**
   * Aborts what still runs, which answers it with an error, delivers all answers and closes. What could not be delivered when
   * the signal is aborted is lost.
   */
  async close(signal: AbortSignal): Promise<void> {
    this.#accepts = false;
    this.#abortAll();
    await this.#deliver(signal);
    await Promise.all([this.#socket.close(), this.#missed?.close()]);
  }

  #abortAll(): void {
    for (const { controller } of this.#actions.running()) controller.abort(workerStops());
  }

  /** Everything has ended and the core was told. */
  #isDone(): boolean {
    return this.#work.size === 0 && this.#outbox.size === 0;
  }

  /** Resolves when that is so, or the signal is aborted. */
  async #delivered(signal: AbortSignal): Promise<void> {
    await this.idle();
    await this.#outbox.empty(signal).catch(() => undefined);
  }

  async #deliver(signal: AbortSignal): Promise<void> {
    await endsWithin(this.#delivered(signal), signal);
    if (this.#isDone()) return;
    this.#options.log.warn('answers could not be delivered before the end', {
      subscriber: this.#options.subscriberId,
      running: this.running,
      waiting: this.#outbox.size,
    });
  }

  async #subscribe(signal: AbortSignal): Promise<void> {
    const { core, subscriberId, events } = this.#options;
    const timeout = this.#options.timeout();
    for (const { name: event, waitForCompletion = true } of events) {
      await core.subscribe({ subscriberId, event, timeout, waitForCompletion }, signal);
    }
    this.#announced = timeout;
  }

  #onState(state: SocketState): void {
    const { log, subscriberId, onState } = this.#options;
    if (state.is === 'connected') {
      log.info('connected to the core', { subscriber: subscriberId });
      this.#outbox.open();
    } else {
      this.#outbox.close();
    }
    this.#connectionLog.note(state);
    onState?.(state);
  }

  #receive(text: string, connection: number): void {
    const { log, subscriberId } = this.#options;
    let message: BusMessage;
    try {
      message = parseBusMessage(text);
    } catch (error) {
      log.warn('a message of the core was ignored', { subscriber: subscriberId, error: errorText(error) });
      return;
    }
    if (message.kind === 'action') this.#onAction(message, connection);
    if (message.kind === 'action_abort') this.#onAbort(actionKey(message.data));
  }

  #onAction(action: Action, connection: number): void {
    const key = actionKey(action.data);
    if (!this.#accepts && !this.#actions.has(key)) {
      this.#leave(action);
      return;
    }
    const delivery = this.#actions.deliver(key, connection);
    this.#options.log.debug('action received', { ...factsOf(action), delivery: delivery.is });
    if (delivery.is === 'new') this.#start(action, key, delivery.record);
    if (delivery.is === 'answered') {
      const { record, answer } = delivery;
      delete record.answeredOn;
      this.#sendAnswer(key, record, answer);
    }
  }

  #onAbort(key: string): void {
    const record = this.#actions.find(key);
    if (record?.answer === undefined) {
      record?.controller.abort(new WorkerError('action_aborted', 'the run was stopped at the core'));
    }
  }

  #onMissed(action: Action): void {
    // It is meant for the next worker, and what is still to be sent needs this connection.
    if (!this.#accepts) return;
    const { log, subscriberId } = this.#options;
    log.warn('an action was not delivered, connecting again', { subscriber: subscriberId, step: action.data.step });
    this.#socket.reconnect('an action was not delivered');
  }

  #leave({ message_type: action, data: { task } }: Action): void {
    this.#options.log.info('an action is left to the next worker', { action, task });
  }

  #start(action: Action, key: string, record: ActionRecord): void {
    const actions = this.#work.size;
    if (actions >= this.#maxActions) {
      const text = `the worker is busy with ${actions} actions`;
      this.#answer(
        key,
        record,
        errorAnswer(action, new WorkerError('worker_busy', text, { hint: 'Try again later.' })),
      );
      return;
    }
    const work = this.#limit(() => this.#run(action, key, record)).finally(() => this.#work.delete(work));
    this.#work.add(work);
  }

  async #run(action: Action, key: string, record: ActionRecord): Promise<void> {
    if (!this.#accepts) {
      this.#leave(action);
      return;
    }
    const { signal } = record.controller;
    const feedback = actionFeedback({ action, key, outbox: this.#outbox });
    const started = performance.now();
    let result: ActionEnd['result'] = 'done';
    let answer: string;
    try {
      signal.throwIfAborted();
      this.#assertKnown(action);
      await this.#options.handle(action, feedback, signal);
      answer = doneAnswer(action);
    } catch (error) {
      result = signal.aborted ? 'stopped' : 'failed';
      const { log } = this.#options;
      const told = { action: action.message_type, task: action.data.task, error: errorAdvice(error) };
      if (result === 'stopped') log.warn('an action was stopped', told);
      else log.error('an action failed', told);
      answer = errorAnswer(action, error);
    }
    feedback.end();
    const end = { action: action.message_type, result, seconds: (performance.now() - started) / 1000 };
    this.#options.log.debug('action ended', { ...factsOf(action), ...end });
    this.#options.onEnd?.(end);
    this.#answer(key, record, answer);
  }

  /** Whoever does not know an action must not do another one's work. */
  #assertKnown({ message_type: type }: Action): void {
    const known = this.#options.events.map(({ name }) => name);
    if (known.includes(type)) return;
    throw new ProtocolError(`this worker does not know the action, only ${known.join(', ')}`, {
      code: 'unknown_action',
    });
  }

  #answer(key: string, record: ActionRecord, answer: string): void {
    this.#actions.answer(key, answer);
    // Nobody waits for the answer of a run that was stopped.
    if (isStoppedAtCore(record.controller.signal)) record.answeredOn = this.#socket.epoch;
    else this.#sendAnswer(key, record, answer);
  }

  #sendAnswer(key: string, record: ActionRecord, answer: string): void {
    this.#outbox.answer(key, answer, () => (record.answeredOn = this.#socket.epoch));
  }
}

function factsOf({ message_type: action, data: { task, step } }: Action) {
  return { action, task, step };
}

function isStoppedAtCore(signal: AbortSignal): boolean {
  return signal.aborted && errorCode(signal.reason) === 'action_aborted';
}
