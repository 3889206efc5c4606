/** The embedded core as a process of its own: `node core-process.ts`. */
import { startEmbeddedCore } from '@resoto/embedded-core';

const core = await startEmbeddedCore({ generation: 'resoto' });
process.stdout.write(`listening on ${core.uri}\n`);
