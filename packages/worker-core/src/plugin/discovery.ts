import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { importConditions, packageEntry, type PackageJson } from './package-entry.ts';

/** An installed package that says it is a plugin. Nothing of it was loaded yet. */
export interface PluginPackage {
  readonly name: string;
  readonly version: string;
  /** Directory of the package, links resolved. */
  readonly directory: string;
  /** URL to import. Undefined: the package exports nothing that can be imported. */
  readonly entry: string | undefined;
  /** Version of the plugin contract it was made for; undefined when its marker has none. */
  readonly contract: number | undefined;
}

/**
 * Finds the plugin packages that are installed where a program in one of these directories would find them: in the
 * `node_modules` of the directory and of everything above it. Links are followed, so workspaces and pnpm's layout work.
 * Of packages with the same name the nearest one counts, as for `import`. Only `package.json` files are read.
 */
export function discoverPlugins(directories: readonly string[]): PluginPackage[] {
  const found = new Map<string, PluginPackage>();
  const conditions = importConditions();
  for (const modules of moduleDirectories(directories)) {
    for (const path of packagePaths(modules)) {
      const plugin = readPackage(path, conditions);
      if (plugin !== undefined && !found.has(plugin.name)) found.set(plugin.name, plugin);
    }
  }
  return [...found.values()];
}

function moduleDirectories(directories: readonly string[]): ReadonlySet<string> {
  const chain = new Set<string>();
  for (const directory of directories) {
    for (let path = resolve(directory); ; path = dirname(path)) {
      chain.add(basename(path) === 'node_modules' ? path : join(path, 'node_modules'));
      if (path === dirname(path)) break;
    }
  }
  return chain;
}

function packagePaths(modules: string): string[] {
  return entriesOf(modules).flatMap((name) => {
    const path = join(modules, name);
    return name.startsWith('@') ? entriesOf(path).map((scoped) => join(path, scoped)) : [path];
  });
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory).filter((name) => !name.startsWith('.'));
  } catch {
    // Most directories have no node_modules, and what cannot be read cannot be imported either.
    return [];
  }
}

function readPackage(path: string, conditions: ReadonlySet<string>): PluginPackage | undefined {
  const json = readPackageJson(path);
  const marker = markerOf(json?.resoto);
  if (json === undefined || marker === undefined) return undefined;
  const directory = realpathSync(path);
  const entry = packageEntry(json, conditions);
  return {
    name: typeof json.name === 'string' ? json.name : basename(directory),
    version: typeof json.version === 'string' ? json.version : '0.0.0',
    directory,
    entry: entry === undefined ? undefined : pathToFileURL(join(directory, entry)).href,
    contract: marker.contract,
  };
}

function readPackageJson(path: string): PackageJson | undefined {
  try {
    const bytes = readFileSync(join(path, 'package.json'));
    // Hundreds of packages are looked at, and hardly one of them mentions us: that saves decoding and parsing them.
    if (!bytes.includes('"resoto"')) return undefined;
    const json: unknown = JSON.parse(bytes.toString());
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    // No package, or a broken one that no package manager would have installed.
    return undefined;
  }
}

function markerOf(resoto: unknown): { readonly contract: number | undefined } | undefined {
  if (typeof resoto !== 'object' || resoto === null || !('plugin' in resoto)) return undefined;
  const { plugin } = resoto;
  const contract = typeof plugin === 'object' && plugin !== null && 'contract' in plugin ? plugin.contract : undefined;
  return { contract: typeof contract === 'number' ? contract : undefined };
}
