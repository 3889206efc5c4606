import { errorCode, errorHint, errorText, Secrets } from '@resoto/worker-core';

import { parseArguments, type Command } from './arguments.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { write, type Io } from './io.ts';
import { familyEnvironment, type Program, resotoworker } from './program.ts';
import { printable } from './table.ts';

/**
 * Runs a command line.
 *
 * @returns the exit code; a user's mistake is one message on standard error, never a stack trace
 */
export async function run(args: readonly string[], process: Io, program: Program = resotoworker): Promise<ExitCode> {
  const { stdout, stderr, stdin } = process;
  const io: Io = { stdout, stderr, stdin, env: familyEnvironment(program, process.env) };
  let secrets = new Secrets();
  try {
    const command = parseArguments(args, io.env, program);
    if (command.name === 'help') {
      await write(stdout, `${command.text}\n`);
      return exitCode.success;
    }
    ({ secrets } = command.options);
    return await runCommand(command, io);
  } catch (error) {
    if (errorCode(error) === 'EPIPE') return exitCode.success;
    return report(error, program, secrets, io);
  }
}

async function runCommand(command: Command, io: Io): Promise<ExitCode> {
  switch (command.name) {
    case 'connect':
      return (await import('./connect.ts')).connect(command, io);
    case 'local':
      return (await import('./local.ts')).local(command, io);
    case 'search':
      return (await import('./search.ts')).search(command, io);
    case 'plan':
      return (await import('./plan.ts')).plan(command, io);
    case 'apply':
      return (await import('./apply.ts')).apply(command, io);
    case 'doctor':
      return (await import('./doctor.ts')).doctor(command, io);
    case 'permissions':
      return (await import('./permissions.ts')).permissions(command, io);
  }
}

async function report(error: unknown, { name }: Program, secrets: Secrets, io: Io): Promise<ExitCode> {
  const hint = errorHint(error);
  const code = errorCode(error);
  if (code === 'usage') {
    await write(io.stderr, `${hint === undefined ? '' : `${hint}\n\n`}${name}: ${printable(errorText(error))}\n`);
    return exitCode.usage;
  }
  // Without a code it is a mistake of ours, and the stack trace is what helps.
  const text = code === undefined && error instanceof Error ? (error.stack ?? error.message) : errorText(error);
  // The core or a cloud may have had a say in it.
  const lines = [...secrets.redact(text).split('\n'), ...(hint === undefined ? [] : [secrets.redact(hint)])].map(
    printable,
  );
  await write(io.stderr, `${name}: ${lines.join('\n')}\n`);
  return exitCode.failure;
}
