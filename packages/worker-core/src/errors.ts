/**
 * The errors of the worker, sorted by who has to act.
 *
 * Callers compare `error.code` (see {@link errorCode}), never texts and never classes: an error may come from another
 * copy of this package, from another thread or from an isolated test environment, where `instanceof` lies.
 */

/** Facts of an error: plain data that may be logged and sent to another thread; never a secret. */
export type Facts = Readonly<Record<string, unknown>>;

export interface ErrorDetails {
  /** What to do next, as one would answer in an issue. */
  readonly hint?: string | undefined;
  readonly facts?: Facts | undefined;
  readonly cause?: unknown;
}

/** Details of an error class that knows several codes; without one the code of the class is used. */
export interface CodedErrorDetails extends ErrorDetails {
  readonly code?: string | undefined;
}

/**
 * The stable code of an error: that of a WorkerError, else the code of the runtime (`ENOENT`, `ABORT_ERR` …).
 * Undefined when the value has none.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The text of whatever was thrown. Never empty, because an empty error text counts as success at the core. */
export function errorText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error) || 'unknown error';
  if ('message' in error && typeof error.message === 'string' && error.message !== '') return error.message;
  if ('name' in error && typeof error.name === 'string' && error.name !== '') return error.name;
  return errorCode(error) ?? 'unknown error';
}

/** What to do about an error; undefined when nobody thought of it. */
export function errorHint(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('hint' in error)) return undefined;
  return typeof error.hint === 'string' ? error.hint : undefined;
}

/** What went wrong and what to do about it, in one text. */
export function errorAdvice(error: unknown): string {
  const [text, hint] = [errorText(error), errorHint(error)];
  if (hint === undefined) return text;
  return `${text}${/[.!?]$/.test(text) ? '' : '.'} ${hint}`;
}

/** The facts of an error; empty when it has none. */
export function errorFacts(error: unknown): Facts {
  if (typeof error !== 'object' || error === null || !('facts' in error)) return {};
  return typeof error.facts === 'object' && error.facts !== null ? { ...error.facts } : {};
}

export class WorkerError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  readonly facts: Facts;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint;
    this.facts = { ...details.facts };
  }
}

/** `wrong_configuration`: whoever configures the worker has to act. */
export class ConfigError extends WorkerError {
  constructor(message: string, details: CodedErrorDetails = {}) {
    super(details.code ?? 'wrong_configuration', message, details);
  }
}

/** `login_failed`: the credentials of an account are refused or missing. The account stops, others go on. */
export class LoginError extends WorkerError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('login_failed', message, details);
  }
}

/** What was denied. `permission` is the name the provider gives it, e.g. `ec2:DescribeVolumes`. */
export type DeniedCall = Readonly<{ call: string; permission: string; account?: string; region?: string }>;

/** `missing_permission`: the scope is skipped and reported with the permission it lacks. */
export class PermissionError extends WorkerError {
  constructor(denied: DeniedCall, details: { readonly hint?: string | undefined; readonly cause?: unknown } = {}) {
    const place = [denied.account, denied.region].filter((part) => part !== undefined).join('/');
    super('missing_permission', `${denied.call} was denied${place === '' ? '' : ` in ${place}`}`, {
      hint: details.hint ?? `Allow ${denied.permission}, or exclude the kind from the collect.`,
      facts: denied,
      cause: details.cause,
    });
  }
}

/** `service_disabled`: the service is not enabled or not offered there; nothing exists that could be read. */
export class DisabledError extends WorkerError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('service_disabled', message, details);
  }
}

/** `throttled`: the provider still asked for fewer calls after all retries. */
export class ThrottledError extends WorkerError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('throttled', message, details);
  }
}

/** `timed_out`: a time limit passed; the work behind it was stopped. */
export class TimedOutError extends WorkerError {
  constructor(message: string, details: ErrorDetails = {}) {
    super('timed_out', message, details);
  }
}

/** `provider_failed`, or a closer code such as `repeated_page`: the cloud answered with a failure or with nonsense. */
export class ProviderError extends WorkerError {
  constructor(message: string, details: CodedErrorDetails = {}) {
    super(details.code ?? 'provider_failed', message, details);
  }
}

/** `broken_protocol`: the other side sent something the protocol does not know. */
export class ProtocolError extends WorkerError {
  constructor(message: string, details: CodedErrorDetails = {}) {
    super(details.code ?? 'broken_protocol', message, details);
  }
}

/** `connection_closed`, or `core_unreachable` when there never was a connection. */
export class ConnectionClosedError extends WorkerError {
  constructor(message: string, details: CodedErrorDetails = {}) {
    super(details.code ?? 'connection_closed', message, details);
  }
}

/**
 * The core answered a request with a failure. Codes: `core_wrong_key` (401), `core_forbidden` (403), `core_not_found`
 * (404), `core_refused` (other 4xx), `core_failed` (everything else). `text` is the answer of the core, cut.
 */
export class CoreError extends WorkerError {
  readonly status: number;
  readonly text: string;

  constructor(status: number, text: string, message: string, details: ErrorDetails = {}) {
    super(coreErrorCode(status), message, { ...details, facts: { ...details.facts, status } });
    this.status = status;
    this.text = text;
  }
}

/** `spool_failed`: the local copy of a graph cannot be written or read, for instance because the disk is full. */
export class SpoolError extends WorkerError {
  constructor(message: string, details: CodedErrorDetails = {}) {
    super(details.code ?? 'spool_failed', message, details);
  }
}

/** `plugin_failed`, or a closer code: a plugin cannot be loaded, or breaks its contract. */
export class PluginError extends WorkerError {
  constructor(message: string, details: CodedErrorDetails = {}) {
    super(details.code ?? 'plugin_failed', message, details);
  }
}

function coreErrorCode(status: number): string {
  switch (status) {
    case 401:
      return 'core_wrong_key';
    case 403:
      return 'core_forbidden';
    case 404:
      return 'core_not_found';
    default:
      return status >= 400 && status < 500 ? 'core_refused' : 'core_failed';
  }
}
