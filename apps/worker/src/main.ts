#!/usr/bin/env node
/** The program `resotoworker`. */
import { resotoworker } from './program.ts';
import { runProcess } from './run-process.ts';

await runProcess(resotoworker);
