/**
 * A small Resoto core on an embedded database: enough to run a worker for real on one machine, and to test one. It is
 * reached over HTTP and WebSockets only.
 *
 * @example
 * import { startEmbeddedCore } from '@resoto/embedded-core';
 *
 * const core = await startEmbeddedCore({ generation: 'resoto', data: './data' });
 * await fetch(`${core.uri}/workflow/collect`, { method: 'POST' });
 * await core.close();
 */
export { startEmbeddedCore, type EmbeddedCore, type EmbeddedCoreOptions } from './core.ts';
export type { Timers } from './timers.ts';
