import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const attached = fileURLToPath(new URL('../python/attached.py', import.meta.url));
const outputKept = 4000;

export interface ServerCommand {
  /** Path of the Python interpreter. */
  readonly python: string;
  /** A file, or `-m` and a module, and its arguments. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** What the server prints when it is ready; the first group is its address. */
  readonly ready: RegExp;
  /** Milliseconds until a server that did not say that it is ready is given up; default 120,000. */
  readonly timeout?: number | undefined;
}

export interface RunningServer {
  /** What the first group of `ready` matched. */
  readonly url: string;
  /** The process id, for tests that kill it. */
  readonly pid: number;
  /** Everything the server printed lately, for the message of a failed test. */
  output(): string;
  /** Ends the process and waits for its end; may be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a Python server and waits until it is ready. The server ends with this process, however that ends.
 * Throws when the server ends or stays silent, with what it printed.
 */
export async function startServer({
  python,
  command,
  env,
  ready,
  timeout = 120_000,
}: ServerCommand): Promise<RunningServer> {
  const child = spawn(python, [attached, ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // What a terminal sends to this process must not end the server before its users are done.
    detached: true,
    env: { ...process.env, PYTHONUNBUFFERED: '1', ...env },
  });
  let output = '';
  const stop = (): Promise<void> => end(child);
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (what: string): void => {
      reject(new Error(`Cannot start ${command.join(' ')}: ${what}. It printed:\n${output}`));
    };
    const timer = setTimeout(() => {
      fail(`not ready within ${timeout} ms`);
    }, timeout);
    const read = (chunk: string): void => {
      output = (output + chunk).slice(-outputKept);
      const match = ready.exec(output);
      if (match === null) return;
      clearTimeout(timer);
      resolve(match[1] ?? '');
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('error', (error) => {
      clearTimeout(timer);
      fail(error.message);
    });
    // When everything it printed has come.
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      fail(`it ended with ${signal ?? String(code)}`);
    });
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  // A forgotten server keeps no program alive.
  for (const handle of [child, child.stdin, child.stdout, child.stderr]) if ('unref' in handle) handle.unref();
  return { url, pid: child.pid ?? 0, output: () => output, stop };
}

/**
 * A free port of 127.0.0.1, for servers that cannot choose one themselves or come back to it after a while. It is below those that
 * systems hand out to whoever asks for any, so that it stays free.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

async function end(child: ChildProcessByStdio<Writable, Readable, Readable>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), 5000);
  await ended;
  clearTimeout(impatience);
}
