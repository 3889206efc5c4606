import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface StartedProcess {
  readonly pid: number;
  /** Rejects when the process ends by itself. */
  readonly lost: Promise<never>;
  /** Ends the process and waits for its end. */
  stop(): Promise<void>;
}

export interface StartedServer extends StartedProcess {
  readonly url: string;
}

/** Starts a Node program; what it logs goes nowhere. */
export function startProcess(args: readonly string[], env: NodeJS.ProcessEnv): StartedProcess {
  return started(spawn(process.execPath, args, { env, stdio: 'ignore' }));
}

/** Starts a server and waits until it says `listening on <address>`. */
export async function startServer(args: readonly string[]): Promise<StartedServer> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const url = /listening on (\S+)/.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with ${code}`)));
  });
  return { ...started(child), url };
}

function started(child: ChildProcess): StartedProcess {
  const { pid } = child;
  if (pid === undefined) throw new Error(`Cannot start ${child.spawnargs.join(' ')}`);
  let isStopping = false;
  const lost = new Promise<never>((_, reject) => {
    child.once('exit', (code, signal) => {
      if (!isStopping) reject(new Error(`${child.spawnargs.join(' ')} ended with ${code ?? signal}`));
    });
  });
  // Whoever does not wait for it has the exit as its own end.
  lost.catch(() => undefined);
  return {
    pid,
    lost,
    async stop() {
      isStopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(timer);
    },
  };
}
