import { writeFile } from 'node:fs/promises';

import { ConfigError, errorText, planFormats, renderPlan, type PlanFormat } from '@resoto/worker-core';

import type { Command, OptionValues } from './arguments.ts';
import { cleanupAccess } from './cleanup-access.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { write, type Io } from './io.ts';
import { usageError } from './usage-error.ts';

/** `resotoworker plan`: what a cleanup would do. */
export async function plan({ options }: Command, io: Io): Promise<ExitCode> {
  const out = options.text('out');
  const format = planFormat(options, out === undefined ? 'text' : 'json');
  const made = await cleanupAccess(options, io, (session) => session.plan());
  if (out === undefined) {
    await write(io.stdout, renderPlan(made, format));
    return exitCode.success;
  }
  await writePlan(out, renderPlan(made, format));
  const { deleted, stay } = made.summary;
  const next = format === 'json' ? `Carry it out with: ${options.program.name} apply ${out}\n` : '';
  await write(io.stdout, `${deleted} resources would be deleted, ${stay} stay.\n${next}`);
  return exitCode.success;
}

function planFormat(options: OptionValues, usual: PlanFormat): PlanFormat {
  const asked = options.text('format') ?? usual;
  const format = planFormats.find((name) => name === asked);
  if (format === undefined) throw usageError(`--format is ${planFormats.join(', ')}, not ${asked}`);
  return format;
}

async function writePlan(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600 });
  } catch (cause) {
    throw new ConfigError(`Cannot write the plan: ${errorText(cause)}`, { hint: 'Give a writable file.', cause });
  }
}
