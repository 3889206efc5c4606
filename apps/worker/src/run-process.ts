import type { Program } from './program.ts';
import { run } from './run.ts';

/** Runs the command line of this process, and sets its exit code. */
export async function runProcess(program: Program): Promise<void> {
  // A reader that goes away (`| head`) is told to whoever writes; without a listener it would be an uncaught error as well.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  // Set instead of exited, so that what was written to a pipe still arrives.
  process.exitCode = await run(process.argv.slice(2), process, program);
}
