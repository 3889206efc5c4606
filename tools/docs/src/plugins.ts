import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { repositoryRoot } from '@resoto/tools-shared';
import type { Collector, Plugin, SectionDeclaration } from '@resoto/worker-core/plugin';

export interface PluginDirectory {
  readonly directory: string;
  readonly collectors: readonly { readonly cloud: string; readonly collector: Collector }[];
  readonly sections: readonly SectionDeclaration[];
}

/** The plugins of this repository with their kinds and sections. */
export async function installedPlugins(): Promise<PluginDirectory[]> {
  const packages = join(repositoryRoot, 'packages');
  const names = (await readdir(packages)).filter((name) => name.startsWith('plugin-')).toSorted();
  return Promise.all(names.map((name) => readPlugin(join(packages, name))));
}

async function readPlugin(directory: string): Promise<PluginDirectory> {
  const json: unknown = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
  const { name } = json as { readonly name: string };
  const module: unknown = await import(name);
  // The contract suite of each package holds it to this.
  const { plugin } = module as { readonly plugin: Plugin };
  const collectors = (plugin.collectors ?? []).map(async ({ cloud, load }) => ({ cloud, collector: await load() }));
  const { actions = [], commands = [], services = [] } = plugin;
  const parts = [...(plugin.collectors ?? []), ...actions, ...commands, ...services];
  const sections = new Map(parts.flatMap(({ section }) => (section === undefined ? [] : [[section.name, section]])));
  return { directory, sections: [...sections.values()], collectors: await Promise.all(collectors) };
}
