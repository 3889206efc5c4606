import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export interface ProgramOptions {
  readonly args?: readonly string[];
  /** Replaces the environment of the tests, so that no credentials and settings of their machine take part. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A program that runs as a process of its own. */
export interface Program {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  kill(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

const running = new Set<Program>();
process.on('exit', () => {
  for (const { pid } of running) process.kill(pid, 'SIGKILL');
});

/** Starts a TypeScript file of this repository from its source. */
export function startProgram(script: URL, { args = [], env = {} }: ProgramOptions = {}): Program {
  const child = spawn(
    process.execPath,
    ['--conditions=@resoto/source', '--disable-warning=ExperimentalWarning', fileURLToPath(script), ...args],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] ?? '', ...env } },
  );
  const stdout = gather(child.stdout);
  const stderr = gather(child.stderr);
  const program: Program = {
    pid: child.pid ?? 0,
    stdout,
    stderr,
    ended: once(child, 'close').then(([code, signal]) => {
      running.delete(program);
      return (code ?? signal) as number | NodeJS.Signals;
    }),
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return program.ended;
    },
  };
  running.add(program);
  return program;
}

/** Ends every program that still runs. */
export async function killPrograms(): Promise<void> {
  await Promise.all([...running].map((program) => program.kill()));
}

function gather(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return () => text;
}
