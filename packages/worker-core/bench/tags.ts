/**
 * What a tag task of a cloud without I/O costs the worker, from the socket and back: CPU of all threads, with a core in
 * another process: `node --conditions=@resoto/source packages/worker-core/bench/tags.ts [tasks] [in flight]`, by default
 * 50,000 tasks, 200 in flight.
 */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { WebSocketServer, type WebSocket } from 'ws';
import { ThreadPool } from '../src/collect/thread-pool.ts';
import { coreConnection } from '../src/core-client/connection.ts';
import { TaskClient } from '../src/core-client/tasks.ts';
import { logOf } from '../src/log/log.ts';
import { tagTasksAtOnce } from '../src/tagging/tag-handlers.ts';
import { TagQueue } from '../src/tagging/tag-queue.ts';
import { readTagTask } from '../src/tagging/tag-task.ts';
import { recordingLog } from '../src/testing/recording-log.ts';

const [tasks = 50_000, inFlight = 200] = process.argv.slice(2).map(Number);
const log = recordingLog();
const warmUp = 5_000;

interface FromCore {
  readonly port?: number;
  readonly done?: { readonly seconds: number; readonly p99: number };
}

if (process.send === undefined) measure();
else serve((message) => process.send?.(message));

function measure(): void {
  const core = fork(fileURLToPath(import.meta.url), process.argv.slice(2), { execArgv: process.execArgv });
  const entry = new URL('../src/collect/acme.test.plugin.ts', import.meta.url).href;
  const pool = new ThreadPool({
    log: logOf(() => {}, 'warn', 'bench'),
    limits: () => ({ threads: 2, jobsPerThread: 4 }),
  });
  const queue = new TagQueue(pool, { cloud: 'acme', entry, config: () => ({}), generation: 'resoto' }, log);
  let client: TaskClient | undefined;
  let before = process.cpuUsage();
  core.on('message', ({ port, done }: FromCore) => {
    client ??= new TaskClient({
      connection: coreConnection({ uri: `http://127.0.0.1:${port}` }),
      handlers: [
        {
          name: 'tag',
          filter: { cloud: ['acme'] },
          handle: async (task, signal) => queue.change(readTagTask(task), signal),
        },
      ],
      log,
      concurrency: tagTasksAtOnce,
    });
    if (port === undefined && done === undefined) before = process.cpuUsage();
    if (done === undefined) return;
    const { user, system } = process.cpuUsage(before);
    const each = (user + system) / 1000 / tasks;
    process.stdout.write(
      `${each.toFixed(3)} CPU ms per task, ${Math.round(tasks / done.seconds)} tasks per second, p99 ${done.p99.toFixed(0)} ms\n`,
    );
    void client.close().then(() => pool.close());
    core.kill();
  });
}

/** The core: sends tasks on nodes with four ancestors, as many at a time as it was told. */
function serve(tell: (message: object) => void): void {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.once('message', () => void run(socket, tell));
  });
  server.listen(0, '127.0.0.1', () => tell({ port: (server.address() as AddressInfo).port }));
}

async function run(socket: WebSocket, tell: (message: object) => void): Promise<void> {
  await round(socket, warmUp);
  tell({});
  const started = performance.now();
  const times = await round(socket, tasks);
  const p99 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? NaN;
  tell({ done: { seconds: (performance.now() - started) / 1000, p99 } });
}

function round(socket: WebSocket, count: number): Promise<number[]> {
  const times: number[] = [];
  const sent = new Map<string, number>();
  let next = 0;
  return new Promise((resolve) => {
    const send = (): void => {
      const id = `${count}-${(next += 1)}`;
      sent.set(id, performance.now());
      socket.send(taskFrame(id));
    };
    socket.removeAllListeners('message').on('message', (data: Buffer) => {
      const id = data.subarray(12, data.indexOf('"', 12)).toString();
      times.push(performance.now() - (sent.get(id) ?? NaN));
      if (next < count) send();
      else if (times.length === count) resolve(times);
    });
    for (let index = 0; index < Math.min(inFlight, count); index += 1) send();
  });
}

function taskFrame(id: string): string {
  const metadata = { python_type: 'acme.AcmeBox', cleaned: false, phantom: false, protected: false };
  const tags = { Name: 'web server', owner: 'joe', cost_center: '4711', expiration: '30d' };
  const owner = (name: string) => ({
    id: `node-${name}`,
    type: 'node',
    revision: '_hVpT0Hm---',
    reported: { kind: `acme_${name}`, id: name, name, tags: {}, ctime: '2024-01-01T00:00:00Z', age: '3mo2d' },
    metadata: { ...metadata, descendant_count: 1234, descendant_summary: { acme_box: 1000, acme_net: 234 } },
  });
  const reported = {
    ...{ kind: 'acme_box', id, name: 'web server', tags, ctime: '2024-01-01T00:00:00Z', age: '3mo2d' },
    ...{ instance_cores: 4, instance_memory: 16, instance_type: 'large', instance_status: 'running' },
    ...{
      networks: Array.from({ length: 4 }, (_, index) => ({
        id: `net-${index}`,
        address: `10.0.0.${index}`,
        open: true,
      })),
    },
  };
  const ancestors = { cloud: owner('acme'), account: owner('account'), region: owner('eu'), zone: null };
  const node = { id: `node-${id}`, type: 'node', revision: '_hVpT0Hm---', reported, metadata, ancestors };
  const attrs = { cloud: 'acme', account: 'account', region: 'eu' };
  return JSON.stringify({ task_id: id, task_name: 'tag', data: { update: { owner: 'jane' }, node }, attrs });
}
