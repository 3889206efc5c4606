import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { repositoryRoot } from '@resoto/tools-shared';

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface RunOptions {
  /** Default: the repository. */
  readonly cwd?: string | undefined;
  /** The whole environment; default: that of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/**
 * Runs a command with the output of this process and returns its exit code; 1 when it could not be started or was
 * killed. A signal that would end this process ends the command first.
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<number> {
  const child = spawn(command, args, {
    cwd: options.cwd ?? repositoryRoot,
    env: options.env ?? process.env,
    stdio: 'inherit',
  });
  const pass = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  for (const signal of endingSignals) process.on(signal, pass);
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } catch (error) {
    announce(`Cannot start ${command}: ${String(error)}`);
    return 1;
  } finally {
    for (const signal of endingSignals) process.off(signal, pass);
  }
}

/** A line for people, apart from what a command prints. */
export function announce(line: string): void {
  process.stderr.write(`${line}\n`);
}
