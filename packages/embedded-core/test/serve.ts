/** Runs a core as a process of its own, so that it can be killed. Argument: its options as JSON. Prints its URI. */
import { startEmbeddedCore, type EmbeddedCoreOptions } from '../src/core.ts';

// The test that starts this process wrote it.
const options = JSON.parse(process.argv[2] ?? '{}') as EmbeddedCoreOptions;
const { uri } = await startEmbeddedCore(options);
process.stdout.write(`${uri}\n`);
