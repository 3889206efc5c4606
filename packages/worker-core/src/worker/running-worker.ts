/** A worker at work: its connections to the core, what arrives on them, and how it ends (worker behaviour 3). */
import { cleanupHandler, type CleanupHandler } from '../cleanup/cleanup-handler.ts';
import { errorOf } from '../collect/plain-error.ts';
import type { CollectServices } from '../collect/collect-request.ts';
import { commandHandlers } from '../commands/command-handlers.ts';
import type { Configuration, CurrentConfiguration } from '../config/configuration.ts';
import type { Environment } from '../config/placeholders.ts';
import type { SectionDeclaration } from '../config/section.ts';
import { validateConfigHandler } from '../config/validate-config.ts';
import { ActionClient, type ActionHandler } from '../core-client/actions.ts';
import { answerTime } from '../core-client/draining.ts';
import { TaskClient } from '../core-client/tasks.ts';
import type { PluginRegistry } from '../plugin/registry.ts';
import { parseDuration } from '../protocol/duration.ts';
import { lastStart } from '../protocol/messages.ts';
import { startServices } from '../services/services.ts';
import { tagHandlers, tagTasksAtOnce } from '../tagging/tag-handlers.ts';
import { longestTimer } from '../time-limit.ts';
import { connectionNames } from '../web/worker-conditions.ts';
import { startActionPlugins } from './action-plugins.ts';
import type { WorkerWatch } from './worker-watch.ts';

/**
 * Why a worker ended: `stopped` by its owner, `idle` because no collect came in time, or `restart` because settings were changed
 * that a new start has to read.
 */
export type WorkerEnd = 'stopped' | 'idle' | 'restart';

/** A worker at work. Whoever started it stops it, or waits for its end. */
export interface RunningWorker {
  /** What is in force at the moment. */
  readonly configuration: Configuration;
  readonly registry: PluginRegistry;
  /** Address of the web server on this machine; undefined when there is none. */
  readonly webUrl: string | undefined;
  /** Resolves when the worker is registered at the core for the first time, so that the core can send it work. */
  readonly registered: Promise<void>;
  readonly ended: Promise<WorkerEnd>;
  /**
   * Takes no more work and deletes nothing more. What runs has a grace time in milliseconds (default: the setting `shutdown_grace`),
   * is aborted then, and answered in any case.
   */
  stop(grace?: number): Promise<void>;
}

export interface WorkerParts extends CollectServices {
  /** Subscriber id. */
  readonly id: string;
  readonly live: CurrentConfiguration;
  readonly watch: WorkerWatch;
  readonly environment: Environment;
  /** Everything a configuration document may be about. */
  readonly sections: readonly SectionDeclaration[];
  /** State directory. */
  readonly dataDirectory: string;
  readonly webUrl: string | undefined;
  /** Seconds within which a collect has to arrive. Not positive: no limit. */
  readonly idleTimeout: number;
  /** Calls back when the configuration has changed. */
  readonly onChange: (listener: () => void) => void;
  /** Resolves when the worker has to be started again. */
  readonly restart: Promise<void>;
  /** Closes what was opened for this worker, after the last answer. */
  readonly close: () => Promise<void>;
}

/** Connects to the core: actions, tasks, action plugins and services (worker behaviour 3.1 steps 12 to 16). */
export function runWorker(parts: WorkerParts): RunningWorker {
  const { id, live, watch, core, log, registry } = parts;
  const idle = idleLimit(parts.idleTimeout, () => void stop('idle'));
  const cleanup = cleanupHandler({ ...parts, worker: id, metrics: watch.metrics.cleanup }, live);
  const clients = connect(parts, cleanup, idle.clear);
  const ended = Promise.withResolvers<WorkerEnd>();
  let stopping: Promise<void> | undefined;
  const stop = (end: WorkerEnd, grace?: number): Promise<void> => (stopping ??= shutDown(end, grace));

  async function shutDown(end: WorkerEnd, grace = graceOf(live.current)): Promise<void> {
    idle.clear();
    watch.stopping();
    log.info('worker is stopping', { reason: end, grace: grace / 1000 });
    cleanup.stop();
    await clients.drain(AbortSignal.timeout(grace));
    await clients.close(AbortSignal.timeout(answerTime));
    await parts.close();
    log.info('worker ended', { reason: end });
    ended.resolve(end);
  }

  void cleanup.recover();
  void parts.restart.then(() => stop('restart'));
  log.info('worker started', { subscriber: id, core: core.connection.uri, collectors: live.current.worker.collector });
  return {
    get configuration() {
      return live.current;
    },
    registry,
    webUrl: parts.webUrl,
    registered: clients.registered,
    ended: ended.promise,
    stop: (grace) => stop('stopped', grace),
  };
}

interface Clients {
  readonly registered: Promise<void>;
  drain(signal: AbortSignal): Promise<void>;
  close(signal: AbortSignal): Promise<void>;
}

function connect(parts: WorkerParts, cleanup: CleanupHandler, onCollect: () => void): Clients {
  const { id, live, watch, core, log, registry, environment, secrets, sections } = parts;
  const registered = Promise.withResolvers<void>();
  const noteActions = watch.connection(connectionNames.actions);
  const actions = new ActionClient({
    core,
    log: log.child(`${id}-collector`),
    subscriberId: `${id}-collector`,
    events: [{ name: 'collect' }, { name: 'cleanup' }],
    timeout: () => live.current.worker.timeout,
    handle: actionHandler(parts, cleanup, onCollect),
    onState: (state) => {
      noteActions(state);
      if (state.is === 'connected') registered.resolve();
    },
    onEnd: (end) => watch.metrics.actionEnded(end),
  });
  const plugins = startActionPlugins(id, live, parts, {
    onState: (className, state) => watch.actionPlugin(className, state),
    onEnd: (className, end) => watch.metrics.actionEnded(end, className),
  });
  const tasks = new TaskClient({
    connection: core.connection,
    log: log.child('worker'),
    handlers: [
      ...tagHandlers(parts, live),
      ...commandHandlers(parts, live),
      validateConfigHandler({ id, sections, environment, onSecret: (secret) => secrets.add(secret) }),
    ],
    concurrency: tagTasksAtOnce,
    onState: watch.connection(connectionNames.tasks),
    onEnd: (end) => watch.metrics.taskEnded(end),
  });
  const services = startServices(live, { ...parts, registry }, { onState: (state) => watch.service(state) });
  parts.onChange(() => {
    for (const client of [actions, plugins]) client.announce();
  });
  watch.metrics.queue('actions', () => actions.running);
  watch.metrics.queue('replies', () => actions.unsent);
  watch.metrics.queue('tasks', () => tasks.running);
  watch.metrics.queue('jobs', () => parts.pool.waiting);
  return {
    registered: Promise.all([registered.promise, plugins.registered]).then(() => {}),
    drain: async (signal) => {
      // A core that gives tasks to this worker does not give them to the next one, which may be there already.
      const tasksEnded = tasks.drain(signal).then(() => tasks.close());
      await Promise.all([actions.drain(signal), plugins.drain(signal), tasksEnded]);
    },
    close: async (signal) => {
      await services.stop(signal);
      await Promise.all([actions, plugins, tasks].map((client) => client.close(signal)));
    },
  };
}

function actionHandler(parts: WorkerParts, cleanup: CleanupHandler, onCollect: () => void): ActionHandler {
  const { live, watch, observer } = parts;
  const services: CollectServices = {
    ...parts,
    observer: {
      ...observer,
      runDone(report) {
        watch.collectEnded(report);
        observer.runDone?.(report);
      },
    },
  };
  return async (action, feedback, signal) => {
    if (action.message_type === 'cleanup') {
      await cleanup.handle(action, feedback, signal);
      return;
    }
    onCollect();
    // Loaded with the first collect: a worker that waits should be small.
    const { collect } = await import('../collect/collect-run.ts');
    const configuration = live.current;
    const { task } = action.data;
    const lastRun = lastStart(action, action.data.step);
    const done = watch.work('collect', longestCollect(configuration));
    try {
      const report = await collect(services, { task, configuration, feedback, lastRun, signal });
      if (report.error !== undefined) throw errorOf(report.error);
    } finally {
      done();
    }
  };
}

/** Milliseconds of an import that takes as long as a core allows, and of a core that is away meanwhile. */
const longestUpload = 2 * 3_600_000;

/** Milliseconds after which a collect hangs: each of its limits has passed long ago. */
function longestCollect({ worker: { timeout, collector, pool_size: atOnce } }: Configuration): number {
  return Math.ceil(collector.length / Math.max(atOnce, 1)) * (timeout * 1000 + longestUpload);
}

function graceOf({ worker }: Configuration): number {
  return (parseDuration(worker.shutdown_grace) ?? 0) * 1000;
}

function idleLimit(seconds: number, onIdle: () => void): { readonly clear: () => void } {
  const timer = seconds > 0 ? setTimeout(onIdle, Math.min(seconds * 1000, longestTimer)) : undefined;
  return { clear: () => clearTimeout(timer) };
}
