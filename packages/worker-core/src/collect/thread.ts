/** Entry of a worker thread: runs the jobs the main thread sends, several at the same time. */
import { parentPort, workerData } from 'node:worker_threads';
import { logOf } from '../log/log.ts';
import { CallCounts } from './call-counts.ts';
import type { MessageFromThread, MessageToThread, ThreadSetup } from './jobs.ts';
import { errorOf, plainError, plainFacts } from './plain-error.ts';
import { runJob } from './thread-jobs.ts';

if (parentPort === null) throw new Error('thread.ts is the entry of worker threads and cannot be run by itself');
const port = parentPort;
// The pool hands it to every thread it starts.
const setup = workerData as ThreadSetup;
const calls = new CallCounts();
const running = new Map<number, AbortController>();

const log = logOf(
  (record) => send({ type: 'log', record: { ...record, facts: plainFacts(record.facts) } }),
  setup.logLevel,
  'collector',
);

// Libraries warn of themselves, which the runtime would write between the lines of the log.
process.removeAllListeners('warning');
process.on('warning', (warning) => log.debug('warning of a library', { warning: String(warning) }));

port.on('message', (message: MessageToThread) => {
  if (message.type === 'abort') running.get(message.id)?.abort(errorOf(message.reason));
  else if (message.type === 'level') log.setLevel(message.level);
  else void start(message);
});

async function start({ id, job }: Extract<MessageToThread, { readonly type: 'start' }>): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const result = await runJob(job, {
      signal: controller.signal,
      log,
      emit: (event) => send({ type: 'event', id, event }),
      calls,
    });
    send({ type: 'done', id, result, calls: calls.take() });
  } catch (error) {
    send({ type: 'failed', id, error: plainError(error), calls: calls.take() });
  } finally {
    running.delete(id);
  }
}

function send(message: MessageFromThread): void {
  port.postMessage(message);
}
