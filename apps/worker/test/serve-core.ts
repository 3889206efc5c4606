/** Runs an embedded core until it is killed. Argument: its options as JSON. Prints its URI. */
import { startEmbeddedCore, type EmbeddedCoreOptions } from '@resoto/embedded-core';

// The test that starts this process wrote it.
const options = JSON.parse(process.argv[2] ?? '{}') as EmbeddedCoreOptions;
const { uri } = await startEmbeddedCore(options);
process.stdout.write(`${uri}\n`);
