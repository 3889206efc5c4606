#!/usr/bin/env node
/** The program `fixworker`: the same worker, for cores of the other generation. */
import { fixworker } from './program.ts';
import { runProcess } from './run-process.ts';

await runProcess(fixworker);
