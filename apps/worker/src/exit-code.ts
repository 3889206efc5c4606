/** Exit codes of all commands (worker behaviour 1.3). */
export const exitCode = {
  success: 0,
  /** The core was never ready, nothing was imported, the worker was idle for too long … */
  failure: 1,
  /** Unknown option, wrong type, exclusive options. */
  usage: 2,
  /** `local --once`: the graph is there, but parts of it could not be read. */
  incomplete: 3,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
