/**
 * The embedded core in a thread of its own, so that an import does not hold up the worker. It is reached over HTTP and
 * WebSockets only; the thread's messages say where it listens, and when to end.
 */
import { parentPort, workerData } from 'node:worker_threads';

import { startEmbeddedCore, type EmbeddedCore, type EmbeddedCoreOptions } from '@resoto/embedded-core';
import { errorCode, errorHint, errorText } from '@resoto/worker-core';

/** What the thread is started with. */
export type CoreThreadOptions = Pick<EmbeddedCoreOptions, 'data' | 'generation' | 'host' | 'port' | 'psk' | 'tls'>;

/** What the thread says once: where the core listens, or why it does not. */
export type CoreThreadMessage =
  | { readonly uri: string }
  | {
      readonly failure: {
        readonly code: string | undefined;
        readonly message: string;
        readonly hint: string | undefined;
      };
    };

const port = parentPort;
if (port === null) throw new Error('core-thread.ts is started by local-core.ts');
const core = await start();
port.once('message', () => {
  void (core?.close() ?? Promise.resolve()).then(() => port.close());
});

async function start(): Promise<EmbeddedCore | undefined> {
  try {
    const started = await startEmbeddedCore(workerData as CoreThreadOptions);
    tell({ uri: started.uri });
    return started;
  } catch (error) {
    tell({ failure: { code: errorCode(error), message: errorText(error), hint: errorHint(error) } });
    return undefined;
  }
}

function tell(message: CoreThreadMessage): void {
  port?.postMessage(message);
}
