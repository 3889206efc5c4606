import { isAbsolute, join } from 'node:path';

import { homeDirectory } from '@resoto/worker-core';

/** Where state is kept unless `--data` says otherwise: the platform's place for it. */
export function stateDirectory(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  const home = homeDirectory(env);
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'resoto');
    case 'win32':
      return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'resoto');
    default:
      return join(absolute(env['XDG_STATE_HOME']) ?? join(home, '.local', 'state'), 'resoto');
  }
}

/** Others count as not set (XDG Base Directory Specification). */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}
