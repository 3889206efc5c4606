import type { SectionDeclaration } from '../config/section.ts';
import { PluginError, errorCode, errorHint, errorText } from '../errors.ts';
import type { ActionPlugin } from './action-contract.ts';
import type { CommandDeclaration } from './command-contract.ts';
import { contractVersion, type CollectorPlugin, type Plugin } from './contract.ts';
import { discoverPlugins, type PluginPackage } from './discovery.ts';
import { isPlugin } from './plugin-shape.ts';
import type { ServicePlugin } from './service-contract.ts';

type LoadedPackage = PluginPackage & { readonly entry: string };

/** A collector and the package it comes from. */
export interface RegisteredCollector {
  readonly cloud: string;
  readonly plugin: CollectorPlugin;
  /** Section of its configuration; undefined when it has none. */
  readonly section: SectionDeclaration | undefined;
  readonly package: LoadedPackage;
}

/** A command and the package it comes from. */
export interface RegisteredCommand {
  readonly declaration: CommandDeclaration;
  readonly package: LoadedPackage;
}

/** What the installed plugins bring, without anything that is expensive to load. */
export interface PluginRegistry {
  /** In the order in which they were found. */
  readonly collectors: readonly RegisteredCollector[];
  /** In the order in which they were found; whether they are enabled is a setting. */
  readonly actions: readonly ActionPlugin[];
  /** In the order in which they were found. */
  readonly commands: readonly RegisteredCommand[];
  /** In the order in which they were found; whether they are enabled is a setting. */
  readonly services: readonly ServicePlugin[];
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
  const problems: PluginError[] = [];
  const collectors = new UniqueParts<RegisteredCollector>('cloud', problems);
  const actions = new UniqueParts<ActionPlugin>('action plugin', problems);
  const commands = new UniqueParts<RegisteredCommand>('command', problems);
  const services = new UniqueParts<ServicePlugin>('service', problems);
  for (const found of discoverPlugins(directories)) {
    try {
      const from = usable(found);
      const plugin = await importPlugin(from.entry);
      for (const collector of plugin.collectors ?? []) {
        const { cloud, section } = collector;
        collectors.add(cloud, { cloud, plugin: collector, section, package: from }, from);
      }
      for (const action of plugin.actions ?? []) actions.add(action.className, action, from);
      for (const declaration of plugin.commands ?? []) {
        if (ownCommands.has(declaration.name)) problems.push(takenCommand(declaration.name, from));
        else commands.add(declaration.name, { declaration, package: from }, from);
      }
      for (const service of plugin.services ?? []) services.add(service.name, service, from);
    } catch (error) {
      problems.push(pluginProblem(found, error));
    }
  }
  return {
    collectors: collectors.all,
    actions: actions.all,
    commands: commands.all,
    services: services.all,
    sections: sectionsOf([
      ...collectors.all,
      ...actions.all,
      ...services.all,
      ...commands.all.map(({ declaration }) => declaration),
    ]),
    problems,
  };
}

/** Tasks a core knows by itself: a worker that offered them for something else would get them. */
const ownCommands: ReadonlySet<string> = new Set(['tag', 'validate_config']);

/** Parts of plugins whose names have to be unique: the first one of a name counts. */
class UniqueParts<Part> {
  readonly #what: string;
  readonly #problems: PluginError[];
  readonly #parts = new Map<string, { readonly part: Part; readonly from: PluginPackage }>();

  constructor(what: string, problems: PluginError[]) {
    this.#what = what;
    this.#problems = problems;
  }

  get all(): readonly Part[] {
    return [...this.#parts.values()].map(({ part }) => part);
  }

  add(name: string, part: Part, from: PluginPackage): void {
    const first = this.#parts.get(name);
    if (first === undefined) this.#parts.set(name, { part, from });
    else this.#problems.push(duplicate(this.#what, name, first.from, from));
  }
}

/** Parts of a plugin may share a section, for instance a collector and a command of its cloud. */
function sectionsOf(parts: readonly { readonly section?: SectionDeclaration | undefined }[]): SectionDeclaration[] {
  const sections = new Map<string, SectionDeclaration>();
  for (const { section } of parts) if (section !== undefined) sections.set(section.name, section);
  return [...sections.values()];
}

/** Imports the entry of a plugin package and checks that it is a plugin. */
export async function importPlugin(entry: string): Promise<Plugin> {
  const module: unknown = await import(entry);
  const plugin = typeof module === 'object' && module !== null && 'plugin' in module ? module.plugin : undefined;
  if (!isPlugin(plugin)) {
    throw new PluginError('it does not export `plugin` with a name and the parts of a plugin', {
      code: 'plugin_broken',
    });
  }
  return plugin;
}

function usable(found: PluginPackage): LoadedPackage {
  checkContract(found);
  const { entry } = found;
  if (entry === undefined) throw new PluginError('its package.json exports no entry', { code: 'plugin_broken' });
  return { ...found, entry };
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

function duplicate(what: string, name: string, first: PluginPackage, second: PluginPackage): PluginError {
  return new PluginError(`The ${what} ${name} of ${second.name} is left out: ${first.name} has one of this name`, {
    code: 'plugin_duplicate',
    hint: first.name === second.name ? `Update ${first.name}.` : 'Remove one of both packages.',
    facts: { package: second.name, directory: second.directory, [what.replace(/ .*/, '')]: name },
  });
}

function takenCommand(name: string, { name: from, directory }: PluginPackage): PluginError {
  return new PluginError(`The command ${name} of ${from} is left out: the core has a task of this name`, {
    code: 'plugin_duplicate',
    hint: `Update ${from}.`,
    facts: { package: from, directory, command: name },
  });
}
