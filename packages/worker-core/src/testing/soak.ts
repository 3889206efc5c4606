/**
 * Hours of work in minutes: actions and tasks while the sockets are cut again and again, with what became of each piece of work on
 * both sides. Run by a test, and at full length by `bench/soak.ts`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ActionClient } from '../core-client/actions.ts';
import { coreConnection } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import { TaskClient } from '../core-client/tasks.ts';
import type { Logger } from '../plugin/contract.ts';
import { progressLeaf } from '../protocol/progress.ts';
import { heapInUse } from './heap.ts';
import { seededRandom } from './scripted/random.ts';
import { SoakCore } from './soak-core.ts';

export interface SoakOptions {
  readonly tasks: number;
  readonly actions: number;
  /** Times both sockets are cut. */
  readonly cuts: number;
  /** Milliseconds between two cuts, at least: a cut waits until the worker is connected. */
  readonly pace: number;
  readonly seed: number;
}

export interface SoakResult {
  readonly seconds: number;
  readonly cuts: number;
  readonly actions: {
    readonly answeredOnce: number;
    /** Answered more than once, or never. */
    readonly wrong: readonly string[];
    /** Worked on more than once, or never. */
    readonly wronglyRun: readonly string[];
  };
  readonly tasks: {
    readonly answeredOnce: number;
    readonly wrong: readonly string[];
    /** Lost with their connection while the worker had them; both sides know. */
    readonly lost: number;
    /** Cut off on their way to the worker. */
    readonly neverArrived: number;
    /** Their answer was cut off on its way to the core, which knows them as lost. */
    readonly answerCutOff: number;
    /** Results on another connection than that of their task. */
    readonly foreign: number;
  };
  /** MB in use at the end, compared with those after a quarter of the cuts. */
  readonly growth: number;
}

const subscriberId = 'soak-collector';
const backOff = { minimum: 1, maximum: 10 };

export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { cuts, pace, seed } = options;
  const began = performance.now();
  const core = new SoakCore(subscriberId);
  const worker = new SoakWorker(await core.start(), seed);
  let heap = 0;
  try {
    for (let cut = 0; cut < cuts; cut++) {
      await until(() => core.isConnected);
      if (cut === Math.floor(cuts / 4)) heap = heapInUse();
      for (const id of share('task', options.tasks, cut, cuts)) core.sendTask(id);
      for (const id of share('action', options.actions, cut, cuts)) core.sendAction(id);
      await sleep(pace);
      core.cut();
    }
    await until(() => core.isConnected && core.isSettled);
    await worker.idle();
    const growth = heapInUse() - heap;
    const seconds = (performance.now() - began) / 1000;
    return { seconds, cuts, growth, ...outcome(core, worker) };
  } finally {
    await worker.close();
    await core.stop();
  }
}

class SoakWorker {
  /** Action → times it was worked on. */
  readonly runs = new Map<string, number>();
  /** Tasks that arrived. */
  readonly arrived = new Set<string>();
  readonly done = new Set<string>();
  readonly #core: CoreClient;
  readonly #actions: ActionClient;
  readonly #tasks: TaskClient;

  constructor(uri: string, seed: number) {
    const random = seededRandom(seed);
    const connection = coreConnection({ uri });
    this.#core = new CoreClient({ connection, backOff });
    this.#actions = new ActionClient({
      ...{ core: this.#core, subscriberId, events: [{ name: 'collect' }], timeout: () => 60, log: silent, backOff },
      concurrency: 20,
      maxWaiting: 10_000,
      handle: async ({ data }, feedback) => {
        this.runs.set(data.task, (this.runs.get(data.task) ?? 0) + 1);
        feedback.info('info', 'begins');
        for (let step = 0; step <= 5; step++) {
          feedback.progress(progressLeaf('acme', step, 5));
          await sleep(random.below(20));
        }
      },
    });
    this.#tasks = new TaskClient({
      ...{ connection, log: silent, backOff },
      concurrency: 100,
      handlers: [
        {
          name: 'tag',
          filter: {},
          handle: async ({ task_id: id }, signal) => {
            this.arrived.add(id);
            await sleep(random.below(60), undefined, { signal });
            this.done.add(id);
            return { id };
          },
        },
      ],
    });
  }

  async idle(): Promise<void> {
    await Promise.all([this.#actions.idle(), this.#tasks.idle()]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#actions.close(AbortSignal.timeout(1_000)), this.#tasks.close()]);
    this.#core.close();
  }
}

function outcome(core: SoakCore, worker: SoakWorker): Pick<SoakResult, 'actions' | 'tasks'> {
  const lost = [...core.lost];
  const answered = (answers: ReadonlyMap<string, number>) => [...answers].filter(([, count]) => count === 1);
  return {
    actions: {
      answeredOnce: answered(core.actions).length,
      wrong: keysWith(core.actions, (count) => count !== 1),
      wronglyRun: [...core.actions.keys()].filter((id) => worker.runs.get(id) !== 1),
    },
    tasks: {
      answeredOnce: answered(core.tasks).length,
      wrong: [...core.tasks].filter(([id, count]) => count + (core.lost.has(id) ? 1 : 0) !== 1).map(([id]) => id),
      lost: lost.filter((id) => worker.arrived.has(id) && !worker.done.has(id)).length,
      neverArrived: lost.filter((id) => !worker.arrived.has(id)).length,
      answerCutOff: lost.filter((id) => worker.done.has(id)).length,
      foreign: core.foreign,
    },
  };
}

function keysWith(counts: ReadonlyMap<string, number>, isWanted: (count: number) => boolean): string[] {
  return [...counts].filter(([, count]) => isWanted(count)).map(([id]) => id);
}

/** The part of all ids that is sent between two cuts. */
function share(what: string, all: number, part: number, parts: number): string[] {
  const [from, to] = [Math.floor((all * part) / parts), Math.floor((all * (part + 1)) / parts)];
  return Array.from({ length: to - from }, (_, index) => `${what}-${from + index}`);
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (!isSo()) {
    if (performance.now() > deadline)
      throw new Error('the worker did not come back, or not to an end, within a minute');
    await sleep(1);
  }
}

const silent: Logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
