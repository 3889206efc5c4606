import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { EmbeddedCoreOptions } from '../src/core.ts';

export interface CoreProcess {
  readonly uri: string;
  /** Ends the process without giving it a chance to tidy up. */
  kill(): Promise<void>;
}

/** Starts a core as a process and waits until it listens. */
export async function startCoreProcess(options: EmbeddedCoreOptions): Promise<CoreProcess> {
  const script = new URL('./serve.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--conditions=@resoto/source', script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const uri = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`The core ended with ${code} before it listened`)));
  });
  return {
    uri,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
