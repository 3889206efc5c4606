import { join } from 'node:path';
import type { CollectObserver } from '../collect/collect-request.ts';
import { ModelCache } from '../collect/model-cache.ts';
import { openSpool } from '../collect/scratch.ts';
import type { Configuration } from '../config/configuration.ts';
import { writeHomeFiles } from '../config/home-files.ts';
import { openConfiguration } from '../config/live-configuration.ts';
import type { Environment } from '../config/placeholders.ts';
import { coreConnection, type CoreConnectionOptions } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import type { Certificates } from '../core-client/tls/certificates.ts';
import { homeDirectory } from '../home-directory.ts';
import type { Log } from '../log/log.ts';
import type { Secrets } from '../log/secrets.ts';
import type { PluginRegistry } from '../plugin/registry.ts';
import { generationNames, type Generation } from '../protocol/generation.ts';
import { connectionNames } from '../web/worker-conditions.ts';
import { runWorker, type RunningWorker } from './running-worker.ts';
import { installedPlugins, loadOptions, openPool, waitForCore } from './set-up.ts';
import { WorkerWatch } from './worker-watch.ts';
import { startWorkerWeb } from './worker-web.ts';

/** What a worker is started with. Everything else is in its configuration. */
export interface WorkerOptions {
  readonly core: CoreConnectionOptions;
  /** Where the certificate of the web server comes from. Absent: the web server is on plain HTTP, as with a core on plain HTTP. */
  readonly certificates?: Certificates;
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
  /**
   * The web server takes any free port when that of the configuration is in use (`any port`), or there is none: for a process that
   * shows a worker in another way. Default: a port in use fails the start.
   */
  readonly web?: 'any port' | 'none' | undefined;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
}

/**
 * Starts a worker (worker behaviour 3.1): plugins, core, configuration, actions. When it resolves, the worker is registered
 * at the core or about to be, and stays so whatever happens to the connection.
 *
 * @throws TimedOutError when the core does not become ready; ConfigError with everything that is wrong in the configuration;
 *   CoreError `core_wrong_key`; SpoolError when the state directory cannot be written. Nothing is left open then
 */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { generation, secrets, log, environment, dataDirectory, observer = {}, patience = 600_000 } = options;
  const { psk } = options.core;
  if (psk !== undefined) secrets.add(psk);
  const id = options.subscriberId ?? generationNames[generation].subscriberId;
  const core = new CoreClient({ connection: coreConnection(options.core), log });
  const watch = new WorkerWatch(generation, secrets);
  const { pool, setLimits } = openPool({
    log,
    onCrash: () => watch.metrics.threadCrashed(),
    onCalls: (counts) => watch.metrics.calls(counts),
  });
  const usualLevel = log.level;
  const close: (() => unknown)[] = [
    // The next life of the worker begins with it, whatever the settings of this one said.
    () => log.setLevel(usualLevel),
    () => watch.close(),
    () => core.close(),
    () => pool.close(),
  ];
  const restart = Promise.withResolvers<void>();
  const listeners = new Set<() => void>();
  try {
    const registry = await installedPlugins(options);
    const useSettings = (current: Configuration): void => {
      setLimits(current);
      log.setLevel(current.worker.log_level ?? usualLevel);
      watch.sections(registry.actions, current);
    };
    await waitForCore(core, options);
    const loading = loadOptions(id, core, pool, registry, options);
    const live = await openConfiguration({
      ...loading,
      connection: core.connection,
      log: log.child('eventbus-listener'),
      onState: watch.connection(connectionNames.config),
      onChange: (current) => {
        useSettings(current);
        for (const listener of listeners) listener();
        watch.metrics.configReloaded('applied');
      },
      redact: (text) => secrets.redact(text),
      onRejected: () => watch.metrics.configReloaded('rejected'),
      onRestart: () => restart.resolve(),
    });
    close.push(() => live.close());
    useSettings(live.current);
    const { current } = live;
    await writeHomeFiles(current.worker, { home: homeDirectory(environment), log });
    const spoolDirectory = join(dataDirectory, 'spool');
    await prepareSpool(current.worker.tempdir ?? spoolDirectory, log);
    const { certificates, web } = options;
    const { secure } = core.connection;
    const webOptions = { worker: id, live, registry, watch, certificates, secure, anyPort: web === 'any port', log };
    const webServer = web === 'none' ? undefined : await startWorkerWeb(webOptions);
    close.push(() => webServer?.close());
    options.signal?.throwIfAborted();
    warnOfCollectors(current, registry, log);
    return runWorker({
      ...{ id, live, watch, core, pool, registry, generation, log, secrets, spoolDirectory, patience, dataDirectory },
      ...{ psk, observer, environment, models: new ModelCache() },
      sections: [loading.workerSection([]), ...registry.sections],
      webUrl: webServer?.url,
      idleTimeout: options.idleTimeout ?? 0,
      onChange: (listener) => listeners.add(listener),
      restart: restart.promise,
      close: () => closeAll(close),
    });
  } catch (error) {
    await closeAll(close);
    throw error;
  }
}

/** What was opened last is closed first. */
async function closeAll(close: readonly (() => unknown)[]): Promise<void> {
  for (const one of close.toReversed()) await one();
}

async function prepareSpool(directory: string, log: Log): Promise<void> {
  for (const removed of await openSpool(directory)) {
    log.info('removed what an earlier process left behind', { directory: removed });
  }
}

/** A collect says so, too, but it may be hours away. */
function warnOfCollectors({ worker: { collector } }: Configuration, { collectors }: PluginRegistry, log: Log): void {
  const installed = collectors.map(({ cloud }) => cloud);
  const unknown = collector.filter((name) => !installed.includes(name));
  const hint = 'Name installed clouds in the setting collector.';
  if (unknown.length > 0) log.warn('collectors are not installed', { collectors: unknown, installed, hint });
  if (unknown.length === collector.length) log.warn('no cloud is enabled', { installed, hint });
}
