import { randomUUID } from 'node:crypto';
import { WorkerError, type JsonObject, type JsonValue } from '@resoto/worker-core';
import type { TaskOffer } from './registration.ts';

/** Work for whoever offers it (protocol 6.2). */
export interface Task {
  readonly name: string;
  readonly data: JsonObject;
  readonly attrs: Readonly<Record<string, string>>;
  /** Milliseconds to find a worker, and again to get its result. */
  readonly timeout: number;
}

export interface SubmittedTask {
  readonly id: string;
  /** Data of the result. Rejects with `task_failed` (the worker said so), `no_worker` or `task_lost`. */
  readonly result: Promise<JsonValue>;
}

export type TaskResult =
  | { readonly task_id: string; readonly result: 'done'; readonly data: JsonValue }
  | { readonly task_id: string; readonly result: 'error'; readonly error: string };

/** A connected worker; the queue sends it tasks. */
export interface TaskWorker {
  readonly id: string;
  result(result: TaskResult): void;
  leave(): void;
}

interface OpenTask extends Task {
  readonly id: string;
  deadline: number;
  readonly resolve: (data: JsonValue) => void;
  readonly reject: (error: WorkerError) => void;
}

interface ConnectedWorker {
  readonly id: string;
  readonly offers: readonly TaskOffer[];
  readonly send: (message: JsonObject) => void;
  readonly outstanding: Map<string, OpenTask>;
}

/** Hands tasks to connected workers by the rules of protocol 6.3. */
export class WorkQueue {
  readonly #now: () => number;
  readonly #workers = new Set<ConnectedWorker>();
  readonly #waiting = new Set<OpenTask>();

  constructor(now: () => number) {
    this.#now = now;
  }

  submit(task: Task): SubmittedTask {
    const id = randomUUID();
    const result = new Promise<JsonValue>((resolve, reject) => {
      const open: OpenTask = { ...task, id, deadline: this.#now() + task.timeout, resolve, reject };
      if (!this.#assign(open)) this.#waiting.add(open);
    });
    return { id, result };
  }

  join(offers: readonly TaskOffer[], send: (message: JsonObject) => void): TaskWorker {
    const worker: ConnectedWorker = { id: randomUUID(), offers, send, outstanding: new Map() };
    this.#workers.add(worker);
    this.#assignWaiting();
    return {
      id: worker.id,
      result: (result) => finish(worker, result),
      leave: () => this.#leave(worker),
    };
  }

  /** Fails tasks whose time is over. */
  check(): void {
    for (const task of this.#waiting) {
      if (this.#now() < task.deadline) continue;
      this.#waiting.delete(task);
      task.reject(new WorkerError('no_worker', `No worker for task: ${task.name}`, { facts: { task: task.id } }));
    }
    for (const worker of this.#workers) {
      for (const task of worker.outstanding.values()) {
        if (this.#now() < task.deadline) continue;
        worker.outstanding.delete(task.id);
        task.reject(lost(task));
      }
    }
  }

  /** Outstanding tasks, for `/work/list`. */
  list(): JsonObject[] {
    return [...this.#workers].flatMap((worker) =>
      [...worker.outstanding.values()].map((task) => ({
        task: { task_id: task.id, task_name: task.name, attrs: { ...task.attrs } },
        worker: worker.id,
        retry_counter: 0,
        deadline: new Date(task.deadline).toISOString(),
      })),
    );
  }

  close(): void {
    for (const worker of [...this.#workers]) this.#leave(worker);
    for (const task of this.#waiting) task.reject(lost(task));
    this.#waiting.clear();
  }

  #leave(worker: ConnectedWorker): void {
    if (!this.#workers.delete(worker)) return;
    for (const task of worker.outstanding.values()) task.reject(lost(task));
  }

  #assignWaiting(): void {
    for (const task of this.#waiting) if (this.#assign(task)) this.#waiting.delete(task);
  }

  #assign(task: OpenTask): boolean {
    const worker = this.#bestWorker(task);
    if (worker === undefined) return false;
    task.deadline = this.#now() + task.timeout;
    worker.outstanding.set(task.id, task);
    worker.send({ task_id: task.id, task_name: task.name, data: task.data, attrs: { ...task.attrs } });
    return true;
  }

  /** Most filter attributes first, then fewest outstanding tasks, then who came first. */
  #bestWorker(task: Task): ConnectedWorker | undefined {
    let best: { worker: ConnectedWorker; attributes: number } | undefined;
    for (const worker of this.#workers) {
      for (const offer of worker.offers) {
        if (!matches(offer, task)) continue;
        const attributes = offer.filter.size;
        const more = best === undefined || attributes > best.attributes;
        const idler = attributes === best?.attributes && worker.outstanding.size < best.worker.outstanding.size;
        if (more || idler) best = { worker, attributes };
      }
    }
    return best?.worker;
  }
}

function matches(offer: TaskOffer, task: Task): boolean {
  if (offer.name !== task.name) return false;
  return [...offer.filter].every(([attribute, accepted]) => {
    const value = task.attrs[attribute];
    return value !== undefined && value !== '' && accepted.has(value);
  });
}

/** A result only counts from the connection the task was sent to. */
function finish(worker: ConnectedWorker, result: TaskResult): void {
  const task = worker.outstanding.get(result.task_id);
  if (task === undefined) return;
  worker.outstanding.delete(task.id);
  if (result.result === 'done') task.resolve(result.data);
  else task.reject(new WorkerError('task_failed', result.error, { facts: { task: task.id, name: task.name } }));
}

function lost(task: OpenTask): WorkerError {
  return new WorkerError('task_lost', 'Could not finish the task.', { facts: { task: task.id, name: task.name } });
}
