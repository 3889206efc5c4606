import { Worker } from 'node:worker_threads';
import { errorText, PluginError } from '../errors.ts';
import type { LogLevel } from '../log/log-level.ts';
import type { LogRecord } from '../log/log-record.ts';
import type { CallCount } from './call-counts.ts';
import type { MessageFromThread, MessageToThread, ThreadSetup } from './jobs.ts';
import { errorOf, plainError } from './plain-error.ts';
import type { PooledJob } from './thread-pool.ts';

export interface PoolThreadOptions {
  readonly setup: ThreadSetup;
  readonly idleTime: number;
  readonly grace: number;
  readonly heapLimit: number | undefined;
  readonly onLog: (record: LogRecord) => void;
  readonly onCalls: (counts: readonly CallCount[]) => void;
  /** A job ended, so there is room for another one. */
  readonly onFree: () => void;
  readonly onEnd: (end: ThreadEnd) => void;
}

export interface ThreadEnd {
  /** Jobs that did not end. */
  readonly jobs: readonly PooledJob[];
  /** The job because of which the thread was terminated; undefined when the thread ended by itself. */
  readonly culprit: PooledJob | undefined;
  readonly error: unknown;
}

interface Running {
  readonly job: PooledJob;
  readonly stopListening: () => void;
  graceTimer?: NodeJS.Timeout;
}

// From sources, threads need what the main thread was told on its command line, even when a test runner started it.
const fromSource = import.meta.url.endsWith('.ts');
const entry = new URL(fromSource ? './thread.ts' : './thread.js', import.meta.url);
const sourceOptions = ['--conditions=@resoto/source', '--disable-warning=ExperimentalWarning'];

// MB. A thread whose heap is full gets 16 MB more to end itself in; when the next collection moves more than that out of the
// young generation, the whole process aborts instead. With a young generation of this size it does not.
const youngGeneration = 24;

/** One worker thread and the jobs in it. */
export class PoolThread {
  readonly #options: PoolThreadOptions;
  readonly #worker: Worker;
  readonly #running = new Map<number, Running>();
  #lastId = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #reserved = false;
  #open = true;
  #culprit: PooledJob | undefined;
  #error: unknown;

  constructor(options: PoolThreadOptions) {
    this.#options = options;
    this.#worker = new Worker(entry, {
      workerData: options.setup,
      resourceLimits: {
        maxYoungGenerationSizeMb: youngGeneration,
        ...(options.heapLimit === undefined ? {} : { maxOldGenerationSizeMb: options.heapLimit }),
      },
      ...(fromSource ? { execArgv: sourceOptions } : {}),
    });
    this.#worker.on('message', (message: MessageFromThread) => this.#receive(message));
    this.#worker.on('error', (error: unknown) => {
      this.#error ??= error;
    });
    this.#worker.on('exit', (code) => this.#ended(code));
  }

  get jobs(): number {
    return this.#running.size;
  }

  /** Jobs that have something to do. */
  get load(): number {
    let load = 0;
    for (const { job } of this.#running.values()) if (!job.light) load += 1;
    return load;
  }

  /** It takes jobs, because it is not about to end. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Its job wants to be alone. */
  get isReserved(): boolean {
    return this.#reserved;
  }

  start(job: PooledJob): void {
    clearTimeout(this.#idleTimer);
    this.#worker.ref();
    const id = (this.#lastId += 1);
    const { signal } = job.options;
    const abort = () => this.#abort(id);
    this.#running.set(id, { job, stopListening: () => signal.removeEventListener('abort', abort) });
    this.#reserved = job.alone;
    signal.addEventListener('abort', abort, { once: true });
    try {
      this.#send({ type: 'start', id, job: job.create(job.attempt) });
    } catch (error) {
      this.#settle(id, () =>
        job.reject(new PluginError(`A job cannot be sent to its thread: ${errorText(error)}`, { cause: error })),
      );
    }
  }

  setLogLevel(level: LogLevel): void {
    this.#send({ type: 'level', level });
  }

  async terminate(error: unknown): Promise<void> {
    this.#open = false;
    this.#error ??= error;
    await this.#worker.terminate();
  }

  #receive(message: MessageFromThread): void {
    if (message.type === 'log') {
      this.#options.onLog(message.record);
      return;
    }
    if (message.type !== 'event' && message.calls.length > 0) this.#options.onCalls(message.calls);
    const job = this.#running.get(message.id)?.job;
    if (job === undefined) return;
    if (message.type === 'event') job.options.onEvent?.(message.event);
    else if (message.type === 'done') this.#settle(message.id, () => job.resolve(message.result));
    else this.#settle(message.id, () => job.reject(failure(job, errorOf(message.error))));
  }

  #abort(id: number): void {
    const running = this.#running.get(id);
    if (running === undefined) return;
    this.#send({ type: 'abort', id, reason: plainError(running.job.options.signal.reason) });
    running.graceTimer = setTimeout(() => {
      this.#culprit = running.job;
      this.#open = false;
      void this.#worker.terminate();
    }, running.job.options.grace ?? this.#options.grace);
  }

  #settle(id: number, answer: () => void): void {
    const running = this.#running.get(id);
    this.#running.delete(id);
    running?.stopListening();
    clearTimeout(running?.graceTimer);
    if (this.#running.size === 0) this.#rest();
    answer();
    this.#options.onFree();
  }

  /** Without jobs a thread keeps nothing alive, and ends after a while: what it loaded is worth some memory. */
  #rest(): void {
    this.#reserved = false;
    this.#worker.unref();
    this.#idleTimer = setTimeout(() => {
      this.#open = false;
      void this.#worker.terminate();
    }, this.#options.idleTime).unref();
  }

  #ended(code: number): void {
    this.#open = false;
    clearTimeout(this.#idleTimer);
    const jobs = [...this.#running.values()];
    this.#running.clear();
    for (const { stopListening, graceTimer } of jobs) {
      stopListening();
      clearTimeout(graceTimer);
    }
    const error = this.#error ?? new PluginError(`The thread exited with code ${code}`, { code: 'thread_exited' });
    this.#options.onEnd({ jobs: jobs.map(({ job }) => job), culprit: this.#culprit, error });
  }

  #send(message: MessageToThread): void {
    this.#worker.postMessage(message);
  }
}

/** A job that ended because it was aborted failed for that reason, whatever it says itself. */
function failure(job: PooledJob, error: Error): unknown {
  return job.options.signal.aborted ? job.options.signal.reason : error;
}
