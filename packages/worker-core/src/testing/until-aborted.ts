import { once } from 'node:events';

/** Work that ends only when it is aborted, with the reason. */
export async function untilAborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}
