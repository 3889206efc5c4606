import { isJsonObject, type JsonValue } from '@resoto/worker-core';
import { badRequest } from '../server/request-error.ts';
import type { FrameSocket, SocketSession } from '../server/sockets.ts';
import { parseRegistration, type TaskOffer } from './registration.ts';
import type { TaskResult, TaskWorker, WorkQueue } from './work-queue.ts';

/** `/work/queue`: the first frame registers the worker, every further one is a result (protocol 6.1). */
export function workSession(queue: WorkQueue, offered: (offers: readonly TaskOffer[]) => void): SocketSession {
  let socket: FrameSocket | undefined;
  let worker: TaskWorker | undefined;
  return {
    opened(opened) {
      socket = opened;
    },
    received(document) {
      if (worker !== undefined) {
        const result = parseResult(document);
        if (result !== undefined) worker.result(result);
        return;
      }
      const offers = parseRegistration(document);
      offered(offers);
      worker = queue.join(offers, (message) => socket?.send(message));
    },
    closed() {
      worker?.leave();
    },
  };
}

/** A result; undefined for a `result` the protocol does not know, which is ignored. */
function parseResult(document: JsonValue): TaskResult | undefined {
  if (!isJsonObject(document)) throw badRequest('A result is an object');
  const { task_id: id, result, data = null, error } = document;
  if (typeof id !== 'string' || typeof result !== 'string') throw badRequest('A result has task_id and result');
  if (result === 'done') return { task_id: id, result, data };
  if (result !== 'error') return undefined;
  return { task_id: id, result, error: typeof error === 'string' && error !== '' ? error : 'The worker failed' };
}
