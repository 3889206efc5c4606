/** What has to be there before a worker, or a command of it, can work: plugins, a core that is ready, and the configuration. */
import { availableParallelism } from 'node:os';
import type { PoolLimits, ThreadPool } from '../collect/thread-pool.ts';
import { loadConfiguration, type Configuration, type LoadOptions } from '../config/configuration.ts';
import { renameOverride } from '../config/overrides.ts';
import { workerSection } from '../config/worker-section.ts';
import type { CoreClient } from '../core-client/core-client.ts';
import { loadPlugins, type PluginRegistry } from '../plugin/registry.ts';
import type { JsonObject } from '../protocol/json.ts';
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

/** Where the document is read, and its defaults stored. */
export type ConfigStore = LoadOptions['store'];

export async function configure(
  id: string,
  store: ConfigStore,
  pool: ThreadPool,
  registry: PluginRegistry,
  options: SetUpOptions,
): Promise<Configuration> {
  const { generation, environment, log, secrets, overrides = [], signal = new AbortController().signal } = options;
  const atHand = (section: (name: string) => JsonObject): Promise<readonly string[]> =>
    autoEnabledClouds({ registry, pool, generation, section, log, signal });
  const configuration = await loadConfiguration({
    store,
    id,
    sections: registry.sections,
    sectionsApart: new Set([...registry.actions, ...registry.services].map(({ section }) => section.name)),
    workerSection: (collectors) => workerSection({ generation, collectors, cores: availableParallelism() }),
    autoEnabled: options.collectAtHand === true ? async () => [] : atHand,
    overrides: overrides.map((entry) => renameOverride(generation, entry)),
    environment,
    log,
    onSecret: (secret) => secrets.add(secret),
    signal,
  });
  if (options.collectAtHand !== true || configuration.worker.collector.length > 0) return configuration;
  const found = await atHand(configuration.section);
  const collector = found.length > 0 ? found : sampleClouds(registry);
  return { ...configuration, worker: { ...configuration.worker, collector: [...collector] } };
}

function sampleClouds(registry: PluginRegistry): readonly string[] {
  return registry.collectors.filter(({ plugin }) => plugin.sample === true).map(({ cloud }) => cloud);
}

export function poolLimits({ worker }: Configuration): PoolLimits {
  return { threads: worker.worker_threads ?? availableParallelism(), jobsPerThread: worker.accounts_per_thread };
}
