import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { repositoryRoot } from '@resoto/tools-shared';
import type { Plugin } from '@resoto/worker-core/plugin';

export interface PluginPackage {
  /** Name of the package. */
  readonly name: string;
  readonly clouds: readonly string[];
}

/** The plugin packages of this repository. */
export async function pluginPackages(): Promise<readonly PluginPackage[]> {
  const files = globSync('packages/plugin-*/package.json', { cwd: repositoryRoot }).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const { name } = JSON.parse(await readFile(join(repositoryRoot, file), 'utf8')) as { readonly name: string };
      const { plugin } = (await import(name)) as { readonly plugin: Plugin };
      return { name, clouds: (plugin.collectors ?? []).map(({ cloud }) => cloud) };
    }),
  );
}

/** Every cloud an image can be made for, and `all`. */
export function imageClouds(plugins: readonly PluginPackage[]): readonly string[] {
  return [...plugins.flatMap(({ clouds }) => clouds), 'all'];
}

/** What an image for a cloud holds: the plugin of the cloud, and those that are of no cloud. */
export function pluginsFor(cloud: string, plugins: readonly PluginPackage[]): readonly string[] {
  return plugins
    .filter(({ clouds }) => cloud === 'all' || clouds.length === 0 || clouds.includes(cloud))
    .map(({ name }) => name);
}
