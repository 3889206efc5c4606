/** What has to be there before a worker, or a command of it, can work: plugins, a core that is ready, and the configuration. */
import { availableParallelism } from 'node:os';
import { ThreadPool, type PoolLimits, type ThreadPoolOptions } from '../collect/thread-pool.ts';
import type { Configuration, ConfigStore, LoadOptions } from '../config/configuration.ts';
import { loadConfiguration } from '../config/load-configuration.ts';
import { renameOverride } from '../config/overrides.ts';
import { workerSection } from '../config/worker-section.ts';
import type { CoreClient, StoredConfig } from '../core-client/core-client.ts';
import { loadPlugins, type PluginRegistry } from '../plugin/registry.ts';
import { autoEnabledClouds } from './auto-enable.ts';
import type { WorkerOptions } from './worker.ts';

/** What of the options it takes. */
export type SetUpOptions = Pick<
  WorkerOptions,
  | 'generation'
  | 'environment'
  | 'log'
  | 'secrets'
  | 'overrides'
  | 'signal'
  | 'collectAtHand'
  | 'pluginDirectories'
  | 'readyTimeout'
>;

export async function installedPlugins({ pluginDirectories, log }: SetUpOptions): Promise<PluginRegistry> {
  const registry = await loadPlugins(pluginDirectories);
  for (const error of registry.problems) log.error('plugin left out', { ...error.facts, error });
  log.info('plugins found', { clouds: registry.collectors.map(({ cloud }) => cloud) });
  return registry;
}

export async function waitForCore(core: CoreClient, { log, readyTimeout, signal }: SetUpOptions): Promise<void> {
  log.info('waiting for the core', { uri: core.connection.uri });
  await core.waitUntilReady({
    onWait: (error) => log.warn('the core is not ready yet', { error }),
    ...(readyTimeout === undefined ? {} : { timeout: readyTimeout }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The configuration a worker would have. The store may be one that stores nothing. */
export function configure(...how: Parameters<typeof loadOptions>): Promise<Configuration> {
  return loadConfiguration(loadOptions(...how));
}

/** How the configuration of a worker is loaded. */
export function loadOptions(
  id: string,
  store: ConfigStore,
  pool: ThreadPool,
  registry: PluginRegistry,
  options: SetUpOptions,
): LoadOptions {
  const { generation, environment, log, secrets, overrides = [], signal = new AbortController().signal } = options;
  const atHand: LoadOptions['autoEnabled'] = (section) =>
    autoEnabledClouds({ registry, pool, generation, section, log, signal });
  const collectorsAtHand: LoadOptions['autoEnabled'] = async (section) => {
    const found = await atHand(section);
    return found.length > 0 ? found : sampleClouds(registry);
  };
  return {
    ...{ store, id, environment, log, signal },
    sections: registry.sections,
    sectionsApart: new Set([...registry.actions, ...registry.services].map(({ section }) => section.name)),
    workerSection: (collectors) => workerSection({ generation, collectors, cores: availableParallelism() }),
    overrides: overrides.map((entry) => renameOverride(generation, entry)),
    onSecret: (secret) => secrets.add(secret),
    ...(options.collectAtHand === true ? { autoEnabled: async () => [], collectorsAtHand } : { autoEnabled: atHand }),
  };
}

function sampleClouds(registry: PluginRegistry): readonly string[] {
  return registry.collectors.filter(({ plugin }) => plugin.sample === true).map(({ cloud }) => cloud);
}

/** A store for whoever is no worker: nothing is written. */
export function readOnly(config: (id: string, signal?: AbortSignal) => Promise<StoredConfig | undefined>): ConfigStore {
  return { config, patchConfig: async () => 'unknown', patchConfigModel: async () => {} };
}

/** A pool of threads, and how it gets the limits of a configuration. Until then it has usual ones. */
export function openPool(options: Omit<ThreadPoolOptions, 'limits'>): {
  readonly pool: ThreadPool;
  readonly setLimits: (configuration: Configuration) => void;
} {
  let limits: PoolLimits = { threads: availableParallelism(), jobsPerThread: 4 };
  return {
    pool: new ThreadPool({ ...options, limits: () => limits }),
    setLimits({ worker: { worker_threads: threads, accounts_per_thread: jobsPerThread } }) {
      limits = { threads: threads ?? availableParallelism(), jobsPerThread };
    },
  };
}
