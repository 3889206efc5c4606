import { run } from './commands.ts';

/** Runs targets of all packages that have them and returns an exit code; what has not changed is answered from the cache. */
export async function nx(...targets: readonly string[]): Promise<number> {
  // Nx asks its tasks for colours wherever their output goes.
  const colours = process.env['FORCE_COLOR'] ?? (process.stdout.isTTY ? '1' : '0');
  return run('nx', ['run-many', `--targets=${targets.join(',')}`, '--parallel=2', '--outputStyle=static'], {
    env: { ...process.env, FORCE_COLOR: colours, NX_TUI: 'false' },
  });
}
