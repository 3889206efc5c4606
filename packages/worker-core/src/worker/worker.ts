import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cleanupHandler } from '../cleanup/cleanup-handler.ts';
import { ModelCache } from '../collect/model-cache.ts';
import { errorOf } from '../collect/plain-error.ts';
import type { CollectObserver, CollectServices } from '../collect/collect-request.ts';
import { removeAbandoned } from '../collect/scratch.ts';
import { ThreadPool } from '../collect/thread-pool.ts';
import type { Configuration } from '../config/configuration.ts';
import type { Environment } from '../config/placeholders.ts';
import { ActionClient, type ActionHandler } from '../core-client/actions.ts';
import { coreConnection, type CoreConnectionOptions } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import { TaskClient } from '../core-client/tasks.ts';
import type { Log } from '../log/log.ts';
import type { Secrets } from '../log/secrets.ts';
import type { PluginRegistry } from '../plugin/registry.ts';
import { generationNames, type Generation } from '../protocol/generation.ts';
import { lastStart } from '../protocol/messages.ts';
import { tagHandlers, tagTasksAtOnce } from '../tagging/tag-handlers.ts';
import { startActionPlugins } from './action-plugins.ts';
import { configure, installedPlugins, poolLimits, waitForCore } from './set-up.ts';

export interface WorkerOptions {
  readonly core: CoreConnectionOptions;
  readonly generation: Generation;
  /** Id of this worker and of its configuration document. Default: that of the generation. */
  readonly subscriberId?: string | undefined;
  /** Entries `section.key=value`. */
  readonly overrides?: readonly string[];
  /** Values for placeholders in the configuration. */
  readonly environment: Environment;
  /** Where plugins are looked for: see `loadPlugins`. */
  readonly pluginDirectories: readonly string[];
  /** State directory. Created when it is needed. */
  readonly dataDirectory: string;
  readonly log: Log;
  /** Learns the key and every secret of the configuration. The log should be opened with it. */
  readonly secrets: Secrets;
  readonly observer?: CollectObserver;
  /**
   * When the document names no collectors: collect what can be collected with what is at hand, else the sample clouds. Nothing
   * of it is stored, so it is decided anew at each start. Default: what is at hand is stored at the first start.
   */
  readonly collectAtHand?: boolean;
  /** Seconds within which a collect has to arrive after the start; otherwise the worker ends. Not positive or absent: no limit. */
  readonly idleTimeout?: number | undefined;
  /** Milliseconds the core has to become ready. Default: 300 seconds. */
  readonly readyTimeout?: number;
  /** Milliseconds a core that goes away during an upload is waited for. Default: 10 minutes. */
  readonly patience?: number;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
}

/** Why a worker ended: `stopped` by its owner, or `idle` because no collect came in time. */
export type WorkerEnd = 'stopped' | 'idle';

export interface RunningWorker {
  readonly configuration: Configuration;
  readonly registry: PluginRegistry;
  /** Resolves when the worker is registered at the core for the first time, so that the core can send it work. */
  readonly registered: Promise<void>;
  readonly ended: Promise<WorkerEnd>;
  /** Takes no more actions, aborts those that run and answers them, within a grace time in milliseconds (10 seconds). */
  stop(grace?: number): Promise<void>;
}

/**
 * Starts a worker (worker behaviour 3.1): plugins, core, configuration, actions. When it resolves, the worker is registered
 * at the core or about to be, and stays so whatever happens to the connection.
 *
 * @throws TimedOutError when the core does not become ready; ConfigError with everything that is wrong in the configuration;
 *   CoreError `core_wrong_key`. Nothing is left open then
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { generation, secrets } = options;
  if (options.core.psk !== undefined) secrets.add(options.core.psk);
  const id = options.subscriberId ?? generationNames[generation].subscriberId;
  const core = new CoreClient({ connection: coreConnection(options.core) });
  const limits = { threads: availableParallelism(), jobsPerThread: 4 };
  const pool = new ThreadPool({
    log: options.log,
    limits: () => limits,
  });
  try {
    const registry = await installedPlugins(options);
    await waitForCore(core, options);
    const configuration = await configure(id, core, pool, registry, options);
    Object.assign(limits, poolLimits(configuration));
    const spoolDirectory = configuration.worker.tempdir ?? join(options.dataDirectory, 'spool');
    await cleanSpool(spoolDirectory, options.log);
    return run(id, configuration, { ...collectServices(options), core, pool, registry, spoolDirectory }, options);
  } catch (error) {
    await pool.close();
    core.close();
    throw error;
  }
}

// A timer that is set to more than this ends at once.
const longestTimer = 2 ** 31 - 1;

async function cleanSpool(directory: string, log: Log): Promise<void> {
  for (const removed of await removeAbandoned(directory)) {
    log.info('removed what an earlier process left behind', { directory: removed });
  }
}

/** A collect says so, too, but it may be hours away. */
function warnOfCollectors({ worker: { collector } }: Configuration, { collectors }: PluginRegistry, log: Log): void {
  const installed = collectors.map(({ cloud }) => cloud);
  const unknown = collector.filter((name) => !installed.includes(name));
  const hint = 'Name installed clouds in the setting resotoworker.collector.';
  if (unknown.length > 0) log.warn('collectors are not installed', { collectors: unknown, installed, hint });
  if (unknown.length === collector.length) log.warn('no cloud is enabled', { installed, hint });
}

function collectServices({ core, generation, log, secrets, observer = {}, patience = 600_000 }: WorkerOptions) {
  return { psk: core.psk, generation, log, secrets, observer, patience, models: new ModelCache() };
}

function run(
  id: string,
  configuration: Configuration,
  services: CollectServices,
  { log, dataDirectory, idleTimeout = 0 }: WorkerOptions,
): RunningWorker {
  const { core, pool, registry } = services;
  let resolveRegistered: () => void;
  const collectorRegistered = new Promise<void>((resolve) => (resolveRegistered = resolve));
  let resolveEnded: (end: WorkerEnd) => void;
  const ended = new Promise<WorkerEnd>((resolve) => (resolveEnded = resolve));
  let stopping: Promise<void> | undefined;

  const cleanup = cleanupHandler({ ...services, dataDirectory, worker: id }, configuration);
  const handle: ActionHandler = async (action, feedback, signal) => {
    clearTimeout(idleTimer);
    if (action.message_type === 'cleanup') {
      await cleanup.handle(action, feedback, signal);
      return;
    }
    // Loaded with the first collect: a worker that waits should be small.
    const { collect } = await import('../collect/collect-run.ts');
    const { task } = action.data;
    const lastRun = lastStart(action, action.data.step);
    const report = await collect(services, { task, configuration, feedback, lastRun, signal });
    if (report.error !== undefined) throw errorOf(report.error);
  };
  const actions: ActionClient = new ActionClient({
    core,
    subscriberId: `${id}-collector`,
    events: ['collect', 'cleanup'].map((name) => ({ name, timeout: configuration.worker.timeout })),
    handle,
    log,
    onState: (state) => {
      if (state.is === 'connected') resolveRegistered();
    },
  });
  const plugins = startActionPlugins(id, configuration, services);
  const registered = Promise.all([collectorRegistered, plugins.registered]).then(() => {});
  const tasks = new TaskClient({
    connection: core.connection,
    handlers: tagHandlers(services, configuration),
    log,
    concurrency: tagTasksAtOnce,
  });
  void cleanup.recover();
  const idleTimer =
    idleTimeout > 0 ? setTimeout(() => void stop('idle'), Math.min(idleTimeout * 1000, longestTimer)) : undefined;
  const stop = (end: WorkerEnd, grace?: number): Promise<void> => (stopping ??= shutDown(end, grace));

  async function shutDown(end: WorkerEnd, grace = 10_000): Promise<void> {
    clearTimeout(idleTimer);
    log.info('worker is stopping', { reason: end });
    const limit = AbortSignal.timeout(grace);
    await Promise.all([actions.close(limit), plugins.close(limit), tasks.close(), cleanup.close()]);
    await pool.close();
    core.close();
    log.info('worker ended', { reason: end });
    resolveEnded(end);
  }

  warnOfCollectors(configuration, registry, log);
  log.info('worker started', { subscriber: id, collectors: configuration.worker.collector });
  return { configuration, registry, registered, ended, stop: (grace) => stop('stopped', grace) };
}
