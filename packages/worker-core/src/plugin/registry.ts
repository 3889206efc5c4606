import type { SectionDeclaration } from '../config/section.ts';
import { PluginError, errorCode, errorHint, errorText } from '../errors.ts';
import type { ActionPlugin } from './action-contract.ts';
import { contractVersion, type CollectorPlugin, type Plugin } from './contract.ts';
import { discoverPlugins, type PluginPackage } from './discovery.ts';

/** A collector and the package it comes from. */
export interface RegisteredCollector {
  readonly cloud: string;
  readonly plugin: CollectorPlugin;
  /** Section of its configuration; undefined when it has none. */
  readonly section: SectionDeclaration | undefined;
  readonly package: PluginPackage & { readonly entry: string };
}

export interface PluginRegistry {
  /** In the order in which they were found. */
  readonly collectors: readonly RegisteredCollector[];
  /** In the order in which they were found; whether they are enabled is a setting. */
  readonly actions: readonly ActionPlugin[];
  /** Sections of all plugins. */
  readonly sections: readonly SectionDeclaration[];
  /** Packages that were left out, each error with package, directory and what to do. */
  readonly problems: readonly PluginError[];
}

/**
 * Loads the entries of the plugins that are installed for these directories ({@link discoverPlugins}). A package that cannot
 * be used is named among the problems and harms no other.
 */
export async function loadPlugins(directories: readonly string[]): Promise<PluginRegistry> {
  const collectors = new Map<string, RegisteredCollector>();
  const actions = new Map<string, ActionPlugin & { readonly package: string }>();
  const problems: PluginError[] = [];
  for (const found of discoverPlugins(directories)) {
    try {
      const plugin = await loadPlugin(found);
      for (const collector of plugin.collectors) {
        const first = collectors.get(collector.cloud);
        if (first === undefined) collectors.set(collector.cloud, collector);
        else problems.push(duplicateCloud(first, collector));
      }
      for (const action of plugin.actions) {
        const first = actions.get(action.className);
        if (first === undefined) actions.set(action.className, { ...action, package: found.name });
        else problems.push(duplicateAction(first.package, found, action));
      }
    } catch (error) {
      problems.push(pluginProblem(found, error));
    }
  }
  const sections = [...collectors.values(), ...actions.values()].flatMap(({ section }) => section ?? []);
  return { collectors: [...collectors.values()], actions: [...actions.values()], sections, problems };
}

/** Imports the entry of a plugin package and checks that it is a plugin. */
export async function importPlugin(entry: string): Promise<Plugin> {
  const module: unknown = await import(entry);
  const plugin = typeof module === 'object' && module !== null && 'plugin' in module ? module.plugin : undefined;
  if (!isPlugin(plugin)) {
    throw new PluginError('it does not export `plugin` with a name, collectors and actions', { code: 'plugin_broken' });
  }
  return plugin;
}

async function loadPlugin(
  found: PluginPackage,
): Promise<{ readonly collectors: readonly RegisteredCollector[]; readonly actions: readonly ActionPlugin[] }> {
  checkContract(found);
  const { entry } = found;
  if (entry === undefined) throw new PluginError('its package.json exports no entry', { code: 'plugin_broken' });
  const { collectors = [], actions = [] } = await importPlugin(entry);
  const registered = collectors.map((plugin) => ({
    cloud: plugin.cloud,
    plugin,
    section: plugin.section,
    package: { ...found, entry },
  }));
  return { collectors: registered, actions };
}

function checkContract({ name, contract }: PluginPackage): void {
  if (contract === contractVersion) return;
  if (contract === undefined) {
    throw new PluginError('its marker in package.json has no contract version', { code: 'plugin_broken' });
  }
  const newer = contract > contractVersion;
  throw new PluginError(
    newer
      ? `it is made for plugin contract ${contract}, this worker is older and knows ${contractVersion}`
      : `it is made for plugin contract ${contract}, which is older than ${contractVersion} of this worker`,
    { code: 'plugin_contract', hint: newer ? 'Update the worker.' : `Update ${name}.` },
  );
}

function pluginProblem({ name, version, directory }: PluginPackage, cause: unknown): PluginError {
  const code = errorCode(cause);
  return new PluginError(`The plugin ${name} ${version} is left out: ${errorText(cause)}`, {
    code: code?.startsWith('plugin_') === true ? code : 'plugin_failed',
    hint: errorHint(cause) ?? `Install ${name} again, or remove it.`,
    facts: { package: name, version, directory },
    cause,
  });
}

function duplicateCloud(first: RegisteredCollector, second: RegisteredCollector): PluginError {
  return new PluginError(
    `The cloud ${second.cloud} of ${second.package.name} is left out: ${first.package.name} collects it already`,
    {
      code: 'plugin_duplicate',
      hint: 'Remove one of both packages.',
      facts: { package: second.package.name, cloud: second.cloud, directory: second.package.directory },
    },
  );
}

function duplicateAction(first: string, { name, directory }: PluginPackage, { className }: ActionPlugin): PluginError {
  return new PluginError(`The action plugin ${className} of ${name} is left out: ${first} has one of this name`, {
    code: 'plugin_duplicate',
    hint: 'Remove one of both packages.',
    facts: { package: name, action: className, directory },
  });
}

function isPlugin(value: unknown): value is Plugin {
  if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string') return false;
  const { collectors = [], actions = [] }: { name: unknown; collectors?: unknown; actions?: unknown } = value;
  if (!Array.isArray(collectors) || !Array.isArray(actions)) return false;
  return collectors.every(isCollectorPlugin) && actions.every(isActionPlugin);
}

function isActionPlugin(value: unknown): value is ActionPlugin {
  if (typeof value !== 'object' || value === null) return false;
  const { className, action, section, load }: Partial<Record<keyof ActionPlugin, unknown>> = value;
  if (typeof section !== 'object' || section === null || !('fields' in section)) return false;
  return typeof className === 'string' && typeof action === 'string' && typeof load === 'function';
}

function isCollectorPlugin(value: unknown): value is CollectorPlugin {
  if (typeof value !== 'object' || value === null) return false;
  return 'cloud' in value && typeof value.cloud === 'string' && 'load' in value && typeof value.load === 'function';
}
