/** The program `aws` of the vendor: a call of it, and what it wrote. */
import { execFile } from 'node:child_process';

import { errorCode, errorText, parseExactJson, ProviderError } from '@resoto/worker-core/plugin';
import type { JsonValue } from '@resoto/worker-core/plugin';
import type { AwsCredentialIdentity } from '@smithy/types';

export interface AwsCall {
  readonly credentials: AwsCredentialIdentity;
  readonly region: string;
  /** Ends the program. */
  readonly signal: AbortSignal;
}

/** Bytes of its output. A core takes less. */
const longestOutput = 16 * 1024 * 1024;

/**
 * Runs the program. It gets the environment of this process, but no other credentials than these.
 *
 * @returns its output: JSON if it is such, else its lines; of a list with one element that one
 * @throws ProviderError with what it wrote to standard error, or `no_aws_program`; the reason of the signal
 */
export function runAws(args: readonly string[], { credentials, region, signal }: AwsCall): Promise<JsonValue> {
  return new Promise((resolve, reject) => {
    const options = { env: environment(credentials, region), signal, maxBuffer: longestOutput };
    const program = execFile('aws', args, options, (error, stdout, stderr) => {
      if (error === null) resolve(outputOf(stdout));
      else reject(signal.aborted ? signal.reason : failure(error, stderr));
    });
    program.stdin?.end();
  });
}

function environment(credentials: AwsCredentialIdentity, region: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    AWS_PROFILE: undefined,
    AWS_DEFAULT_PROFILE: undefined,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_DEFAULT_REGION: region,
    // It goes before the other one.
    AWS_REGION: region,
    AWS_PAGER: '',
  };
}

function outputOf(stdout: string): JsonValue {
  const text = stdout.trimEnd();
  if (text === '') return [];
  const output = jsonOf(text) ?? text.split(/\r?\n/);
  const elements: readonly JsonValue[] = Array.isArray(output) ? output : [];
  return elements.length === 1 ? (elements[0] ?? null) : output;
}

function jsonOf(text: string): JsonValue | undefined {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

function failure(error: Error, stderr: string): ProviderError {
  if (errorCode(error) === 'ENOENT') {
    return new ProviderError('The program aws is not installed where this worker runs', {
      code: 'no_aws_program',
      hint: 'Install version 2 of the AWS command line there.',
      cause: error,
    });
  }
  return new ProviderError(`AWS ${stderr.trim() || errorText(error)}`, { cause: error });
}
