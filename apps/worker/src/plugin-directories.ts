import { fileURLToPath } from 'node:url';

/** Plugins are looked for where this package is installed: beside it and in every `node_modules` above. */
export function pluginDirectories(): readonly string[] {
  return [fileURLToPath(new URL('..', import.meta.url))];
}
