import { ConfigError } from '@resoto/worker-core';

/** A mistake on the command line or in an option's variable: message and usage on standard error, exit code 2. */
export function usageError(message: string, hint?: string): ConfigError {
  return new ConfigError(message, { code: 'usage', hint });
}
