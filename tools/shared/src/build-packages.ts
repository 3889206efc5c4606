import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { repositoryRoot } from './shared-dir.ts';

const execute = promisify(execFile);

/**
 * Builds the program and its packages, as far as they have changed. Nothing to do in a task of Nx, which has built it before.
 *
 * @throws Error with what the build printed
 */
export async function buildPackages(): Promise<void> {
  if (process.env['NX_TASK_TARGET_TARGET'] !== undefined) return;
  const { PATH, ...rest } = process.env;
  try {
    await execute('nx', ['run-many', '--targets=build', '--outputStyle=static'], {
      cwd: repositoryRoot,
      env: { ...rest, PATH: `${repositoryRoot}/node_modules/.bin:${PATH ?? ''}`, NX_TUI: 'false', FORCE_COLOR: '0' },
    });
  } catch (error) {
    const { stdout = '' } = error as { readonly stdout?: string };
    throw new Error(`Cannot build the packages:\n${stdout}`, { cause: error });
  }
}
