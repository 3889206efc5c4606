#!/usr/bin/env node
/** The program `resotoworker`. */
import { run } from './run.ts';

// Set instead of exited, so that what was written to a pipe still arrives.
process.exitCode = await run(process.argv.slice(2), process);
