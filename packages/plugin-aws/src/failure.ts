/** What the errors of the vendor mean. They are translated here and nowhere else. */
import {
  DisabledError,
  errorCode,
  errorText,
  LoginError,
  member,
  PermissionError,
  ProviderError,
  ThrottledError,
} from '@resoto/worker-core/plugin';
import type { WorkerError } from '@resoto/worker-core/plugin';

import type { Call, Change } from './service.ts';

/** Where a call was made, for messages. */
export interface CallPlace {
  readonly account: string;
  readonly region: string;
}

const throttling = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

const transient = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'IDPCommunicationError',
  'InternalError',
  'InternalFailure',
  'InternalServerError',
  'InternalServiceError',
  'RequestTimeTooSkewed',
  'RequestTimeout',
  'RequestTimeoutException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'TimeoutError',
  'Unavailable',
]);

const denied = new Set(['AuthFailure', 'AuthFailureException', 'AuthorizationError', 'UnauthorizedOperation']);
const expired = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);
const disabled = new Set(['OptInRequired', 'SubscriptionRequiredException', 'AWSOrganizationsNotInUseException']);
const refused = new Set(['InvalidClientTokenId', 'SignatureDoesNotMatch', 'UnrecognizedClientException']);

/** Codes for what cannot be deleted while something else is there, beside those that end in `InUse`. */
const inUse = new Set([
  'BucketNotEmpty',
  'ConcurrentModification',
  'ConcurrentModificationException',
  'DeleteConflict',
  'DependencyViolation',
  'InvalidDBClusterStateFault',
  'InvalidDBInstanceState',
  'OperationAborted',
  'OperationAbortedException',
  'OperationInProgressException',
  'ResourceContention',
  'ResourceConflictException',
  'ResourceInUseException',
  'ScalingActivityInProgress',
]);

/** The vendor's code of an error: `UnauthorizedOperation`, `ECONNRESET`, `TimeoutError`. */
export function vendorCode(error: unknown): string {
  // The client renames some errors; `Code` is what was on the wire.
  const codes = [member(error, 'Code'), errorCode(error), member(error, 'name')];
  return codes.find((code) => typeof code === 'string') ?? 'unknown';
}

export function isThrottling(error: unknown): boolean {
  return throttling.has(vendorCode(error)) || statusOf(error) === 429;
}

/** May the same call work a moment later? */
export function isTransient(error: unknown): boolean {
  const status = statusOf(error);
  return transient.has(vendorCode(error)) || (status !== undefined && status >= 500);
}

function isDenied(code: string): boolean {
  return denied.has(code) || code.toLowerCase().startsWith('accessdenied');
}

/** The error of the worker for an error of the vendor. Errors of the worker stay as they are. */
export function translate(error: unknown, call: Call | Change, place: CallPlace): unknown {
  return isWorkerError(error) ? error : translated(error, vendorCode(error), call, place);
}

function translated(error: unknown, code: string, call: Call | Change, place: CallPlace): WorkerError {
  const attempted = `${call.service.name} ${call.name}`;
  const where = `${place.account}/${place.region}`;
  const facts = { ...place, call: attempted, code };
  if (isDenied(code)) {
    const details = { call: attempted, permission: call.permission, ...place };
    return new PermissionError(details, { cause: error, hint: deniedHint(call) });
  }
  if (expired.has(code)) {
    const hint = 'Renew the credentials. Those of a role renew themselves.';
    return new LoginError(`The credentials of account ${place.account} have expired`, { facts, hint, cause: error });
  }
  if (code === 'CredentialsProviderError') {
    const hint = 'Set AWS_PROFILE, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or aws.profiles.';
    return new LoginError(`Cannot find credentials for AWS: ${errorText(error)}`, { facts, hint, cause: error });
  }
  if (refused.has(code)) {
    const hint = 'Check the credentials, and that the region is enabled in the account.';
    return new ProviderError(`${attempted} in ${where} did not accept the credentials (${code})`, {
      code: 'credentials_refused',
      facts,
      hint,
      cause: error,
    });
  }
  if (disabled.has(code)) {
    return new DisabledError(`${attempted} is not enabled in ${where} (${code})`, { facts, cause: error });
  }
  if (isThrottling(error)) {
    const hint = 'Lower aws.resource_pool_tasks_per_service_default, or collect at another time.';
    return new ThrottledError(`${attempted} in ${where} was throttled again and again (${code})`, {
      facts,
      hint,
      cause: error,
    });
  }
  if (call.changes && (inUse.has(code) || code.endsWith('InUse'))) {
    const hint = 'Delete what uses it first, or wait until nothing else changes it.';
    const text = `${attempted} in ${where} was refused: ${code}: ${errorText(error)}`;
    return new ProviderError(text, { code: 'resource_in_use', facts, hint, cause: error });
  }
  return new ProviderError(`${attempted} in ${where} failed: ${code}: ${errorText(error)}`, {
    code: code === 'ENOTFOUND' ? 'unknown_endpoint' : undefined,
    facts,
    hint: isTransient(error) ? 'It failed several times. Try again later, or check the network.' : undefined,
    cause: error,
  });
}

// By shape, not by class: there may be several copies of the worker's core.
function isWorkerError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'hint' in error && 'facts' in error;
}

function deniedHint(call: Call | Change): string {
  return call.changes
    ? `Allow ${call.permission}.`
    : `Allow ${call.permission}, or exclude the kind with aws.no_collect.`;
}

/** HTTP status of an answer or error of the vendor's client. */
export function statusOf(error: unknown): number | undefined {
  const status = member(member(error, '$metadata'), 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}
