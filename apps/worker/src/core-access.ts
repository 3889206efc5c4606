import { readFile } from 'node:fs/promises';

import { ConfigError, errorCode, type CoreConnectionOptions } from '@resoto/worker-core';

import type { OptionValues } from './arguments.ts';

/**
 * The core the options describe, and how to be let in.
 *
 * @throws ConfigError when the CA file cannot be read
 */
export async function coreAccess(options: OptionValues): Promise<CoreConnectionOptions> {
  const caFile = options.text('ca-cert');
  const ca = caFile === undefined ? undefined : await readCertificate(caFile);
  const rejectUnauthorized = !options.flag('no-verify-certs');
  return {
    uri: options.text(options.program.names.coreUriOption) ?? '',
    psk: options.text('psk'),
    tls: () => ({ rejectUnauthorized, ...(ca === undefined ? {} : { ca }) }),
  };
}

async function readCertificate(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`Cannot read the CA certificate ${file} (${errorCode(error) ?? 'unknown reason'})`, {
      hint: 'Give a readable PEM file with --ca-cert.',
      cause: error,
    });
  }
}
