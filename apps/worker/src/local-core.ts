import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { errorCode, WorkerError } from '@resoto/worker-core';

import type { CoreThreadMessage, CoreThreadOptions } from './core-thread.ts';

export interface LocalCore {
  readonly uri: string;
  close(): Promise<void>;
}

const usualPort = 8900;

/**
 * Starts the embedded core. Without a port it takes the usual one, or a free one when that is taken.
 *
 * @throws WorkerError as `startEmbeddedCore` does
 */
export async function startLocalCore(options: CoreThreadOptions): Promise<LocalCore> {
  if (options.port !== undefined) return startThread(options);
  try {
    return await startThread({ ...options, port: usualPort });
  } catch (error) {
    if (errorCode(error) !== 'port_in_use') throw error;
    return startThread({ ...options, port: 0 });
  }
}

async function startThread(options: CoreThreadOptions): Promise<LocalCore> {
  const file = import.meta.url.endsWith('.ts') ? './core-thread.ts' : './core-thread.js';
  const thread = new Worker(new URL(file, import.meta.url), { workerData: options });
  const ended = once(thread, 'exit');
  const [message] = (await once(thread, 'message')) as [CoreThreadMessage];
  const close = async (): Promise<void> => {
    thread.postMessage('close');
    await ended;
  };
  if ('uri' in message) return { uri: message.uri, close };
  await close();
  const { code = 'core_failed', message: text, hint } = message.failure;
  throw new WorkerError(code, text, { hint });
}
