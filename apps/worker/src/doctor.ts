import { styleText } from 'node:util';

import { examine, stringifyJson, type Diagnosis, type Secrets } from '@resoto/worker-core';

import type { Command } from './arguments.ts';
import { certificateOptions } from './core-access.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { write, type Io } from './io.ts';
import { commandLog } from './log.ts';
import { onStopSignal } from './signals.ts';
import { printable } from './table.ts';
import { workerAccess } from './worker-access.ts';

/** `resotoworker doctor`: one line per finding. Fails when something would not work. */
export async function doctor({ options }: Command, io: Io): Promise<ExitCode> {
  const { secrets, remarks } = options;
  const log = await commandLog(options, io, { level: 'critical', text: true });
  const stop = new AbortController();
  const forget = onStopSignal(() => stop.abort(new Error('it was stopped by a signal')));
  const color = io.stdout.isTTY === true && !io.env['NO_COLOR'];
  const show = options.flag('json')
    ? (diagnosis: Diagnosis): string => `${secrets.redact(stringifyJson(diagnosis))}\n`
    : (diagnosis: Diagnosis): string => line(diagnosis, secrets, color);
  let anyFailed = false;
  try {
    for (const remark of remarks) await write(io.stdout, show({ about: 'environment', status: 'warn', what: remark }));
    const trust = certificateOptions(options);
    const found = examine({ ...workerAccess(options, io), trust, log, secrets, signal: stop.signal });
    for await (const diagnosis of found) {
      anyFailed ||= diagnosis.status === 'fail';
      await write(io.stdout, show(diagnosis));
    }
    return anyFailed ? exitCode.failure : exitCode.success;
  } catch (error) {
    // Whoever stopped it need not be told.
    if (stop.signal.aborted) return exitCode.failure;
    throw error;
  } finally {
    forget();
  }
}

const colors = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

/** `ok    core: answers at http://core:8900`, and behind an arrow what to do. */
function line({ status, about, what, advice }: Diagnosis, secrets: Secrets, color: boolean): string {
  const word = status.padEnd(4);
  const shown = color ? styleText(colors[status], word, { validateStream: false }) : word;
  // Clouds and cores may have had a say in it.
  const text = printable(secrets.redact(`${about}: ${what}${advice === undefined ? '' : ` — ${advice}`}`));
  return `${shown}  ${text}\n`;
}
