import { PluginError, WorkerError } from '../errors.ts';
import type { Log } from '../log/log.ts';
import type { CallCount } from './call-counts.ts';
import type { Job, JobEvent, JobType, JobTypes } from './jobs.ts';
import { PoolThread, type ThreadEnd } from './pool-thread.ts';

export interface ThreadPoolOptions {
  /** Gets the entries of all threads. They follow its level. */
  readonly log: Pick<Log, 'level' | 'write' | 'onLevel'>;
  /** Threads at most, and jobs at the same time in each. Asked whenever a job is placed. */
  readonly limits: () => PoolLimits;
  /** Milliseconds after which a thread without jobs ends. Default: 5 seconds. */
  readonly idleTime?: number;
  /** Milliseconds an aborted job has to end by itself, before its thread is terminated. Default: 5 seconds. */
  readonly grace?: number;
  /** A thread ended although it had jobs. Not told when it was terminated because of one of them, or with the pool. */
  readonly onCrash?: () => void;
  /** Calls to clouds, told when a job ends. */
  readonly onCalls?: (counts: readonly CallCount[]) => void;
  /** MB of heap a thread may have. Default: what the runtime gives it. */
  readonly heapLimit?: number;
}

export interface PoolLimits {
  readonly threads: number;
  readonly jobsPerThread: number;
}

export interface JobOptions {
  /** Aborts the job. It rejects with the reason at the latest when its grace time is over, whatever it does. */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: JobEvent) => void;
  readonly grace?: number;
}

/** Jobs that call little or nothing. */
const lightJobs: ReadonlySet<JobType> = new Set(['accounts', 'check', 'describeCleanup', 'cleanupRefusals']);

/** A job on its way. It may need two attempts, because another job can take its thread down. */
export interface PooledJob {
  readonly create: (attempt: number) => Job;
  readonly options: JobOptions;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly attempt: number;
  /** It mostly waits, so that a thread may start with another job beside it. */
  readonly light: boolean;
  /** Somebody waits for it, so it neither waits for the jobs in front of it nor for a free thread. */
  readonly urgent: boolean;
  /** Nobody knows how far it got when its thread ends, so it is not run again. */
  readonly once: boolean;
  /** Nothing else may run in its thread: it is suspected to crash. */
  readonly alone: boolean;
}

/**
 * Runs jobs in worker threads that are started when they are needed. A job whose time is over is stopped for sure: it is
 * asked to end, and when it does not, its thread is terminated. A thread that crashes or is terminated fails the job that
 * caused it; the others are run once more.
 */
export class ThreadPool {
  readonly #options: ThreadPoolOptions;
  readonly #threads = new Set<PoolThread>();
  readonly #queue: PooledJob[] = [];
  readonly #stopFollowing: () => void;
  #closed = false;

  constructor(options: ThreadPoolOptions) {
    this.#options = options;
    this.#stopFollowing = options.log.onLevel((level) => {
      for (const thread of this.#threads) thread.setLogLevel(level);
    });
  }

  /** Threads that are alive. */
  get size(): number {
    return this.#threads.size;
  }

  /** Jobs that wait for a thread. */
  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Runs a job.
   *
   * @param create  makes the input; the number of the attempt begins with 0
   * @throws what the job threw, with code, hint and facts; the reason of the signal; PluginError `thread_crashed`
   */
  async run<Type extends JobType>(
    type: Type,
    create: (attempt: number) => JobTypes[Type]['input'],
    options: JobOptions,
  ): Promise<JobTypes[Type]['result']> {
    const { signal } = options;
    signal.throwIfAborted();
    // Type and input belong together, which a generic type cannot be told.
    const createJob = (attempt: number) => ({ type, input: create(attempt) }) as Job;
    let giveUp = (): void => {};
    try {
      const result = await new Promise<unknown>((resolve, reject) => {
        giveUp = () => this.#giveUpWaiting(reject);
        signal.addEventListener('abort', giveUp, { once: true });
        const urgent = type === 'tag' || type === 'cleanup' || type === 'command';
        const light = urgent || lightJobs.has(type);
        const once = type === 'cleanup' || type === 'command';
        this.#enqueue({ create: createJob, options, resolve, reject, attempt: 0, light, urgent, once, alone: false });
      });
      // The thread answers a job of this type with its result.
      return result as JobTypes[Type]['result'];
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Terminates all threads. Jobs that are running or waiting reject. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopFollowing();
    for (const job of this.#queue.splice(0)) job.reject(poolClosed());
    await Promise.all([...this.#threads].map((thread) => thread.terminate(poolClosed())));
  }

  #enqueue(job: PooledJob, first = false): void {
    if (this.#closed) {
      job.reject(poolClosed());
      return;
    }
    if (first || job.urgent) this.#queue.unshift(job);
    else this.#queue.push(job);
    this.#dispatch();
  }

  /** Only for a job that is not in a thread; one that is gets time to end. */
  #giveUpWaiting(reject: PooledJob['reject']): void {
    const index = this.#queue.findIndex((job) => job.reject === reject);
    const [job] = index === -1 ? [] : this.#queue.splice(index, 1);
    job?.reject(job.options.signal.reason);
    this.#dispatch();
  }

  /** Strictly in order: a job that needs a thread for itself must not wait for ever. */
  #dispatch(): void {
    for (let job = this.#queue[0]; job !== undefined; job = this.#queue[0]) {
      const thread = this.#threadFor(job);
      if (thread === undefined) return;
      this.#queue.shift();
      thread.start(job);
    }
  }

  #threadFor(job: PooledJob): PoolThread | undefined {
    const { threads, jobsPerThread } = this.#options.limits();
    const open = [...this.#threads].filter((thread) => thread.isOpen && !thread.isReserved);
    const busy = open.filter(({ load }) => load > 0);
    // There may be more threads than that, since before the limit was changed.
    if (busy.length < Math.max(threads, 1)) {
      const idle = open.find((thread) => (job.alone ? thread.jobs : thread.load) === 0);
      if (idle !== undefined) return idle;
      if (this.#threads.size < Math.max(threads, 1)) return this.#startThread();
    }
    if (job.alone) return undefined;
    const free = busy.filter((thread) => job.urgent || thread.load < Math.max(jobsPerThread, 1));
    return free.toSorted((a, b) => a.load - b.load)[0];
  }

  #startThread(): PoolThread {
    const { log, idleTime = 5_000, grace = 5_000, heapLimit, onCalls = () => {} } = this.#options;
    const thread = new PoolThread({
      setup: { logLevel: log.level },
      idleTime,
      grace,
      heapLimit,
      onLog: (record) => log.write(record),
      onCalls,
      onFree: () => this.#dispatch(),
      onEnd: (end) => this.#threadEnded(thread, end),
    });
    this.#threads.add(thread);
    return thread;
  }

  #threadEnded(thread: PoolThread, { jobs, culprit, error }: ThreadEnd): void {
    this.#threads.delete(thread);
    if (jobs.length > 0 && culprit === undefined && !this.#closed) this.#options.onCrash?.();
    for (const job of jobs) {
      const isCulprit = culprit === job || (culprit === undefined && jobs.length === 1);
      if (culprit === job) job.reject(job.options.signal.reason);
      else if (isCulprit || job.attempt > 0 || job.once) job.reject(crashed(error));
      else if (job.options.signal.aborted) job.reject(job.options.signal.reason);
      // Who crashed the thread is not known: whoever does it again, alone, is.
      else this.#enqueue({ ...job, attempt: job.attempt + 1, alone: culprit === undefined }, true);
    }
    this.#dispatch();
  }
}

function crashed(cause: unknown): PluginError {
  return new PluginError('The worker thread of the job ended before the job did', {
    code: 'thread_crashed',
    hint: 'The error below is a bug of the plugin, or the account needs more memory than there is.',
    cause,
  });
}

function poolClosed(): WorkerError {
  return new WorkerError('worker_stopped', 'The worker is stopping');
}
