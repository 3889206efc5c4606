/** What can go wrong with a core, in words that say what to do. */
import type { IncomingHttpHeaders } from 'node:http';
import {
  ConnectionClosedError,
  CoreError,
  errorCode,
  errorFacts,
  errorText,
  ProtocolError,
  type WorkerError,
} from '../errors.ts';
import { cut } from '../protocol/messages.ts';
import type { CoreConnection } from './connection.ts';

/** Translates an error of a connection attempt or of an open connection. `attempted` reads like `GET http://core:8900/config/a`. */
export function connectionFailure(connection: CoreConnection, attempted: string, cause: unknown): WorkerError {
  const reason = errorCode(cause) ?? errorText(cause);
  const failure = failures.find(({ causes }) => causes.test(reason));
  const { code, text, hint } = failure ?? closed(connection);
  return new ConnectionClosedError(`${attempted}: ${text} (${detail(cause) ?? reason})`, {
    code,
    hint: hint?.replaceAll('{uri}', connection.uri),
    facts: { uri: connection.uri },
    cause,
  });
}

interface Failure {
  /** Codes of the runtime. */
  readonly causes: RegExp;
  readonly code: string | undefined;
  readonly text: string;
  /** `{uri}` stands for the address of the core. */
  readonly hint: string | undefined;
}

/** The first one that fits counts. */
const failures: readonly Failure[] = [
  {
    causes: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    code: 'core_other_name',
    text: 'the certificate of the core is for other hosts',
    hint: 'Reach the core by a name or an address its certificate names, or give it one that names the host of {uri}.',
  },
  {
    causes: /^CERT_HAS_EXPIRED$/,
    code: 'core_certificate_expired',
    text: 'the certificate of the core has expired',
    hint: 'Restart the core or renew its certificate. If it is a new one, the clock here is wrong.',
  },
  {
    causes: /^CERT_NOT_YET_VALID$/,
    code: 'core_certificate_not_yet_valid',
    text: 'the certificate of the core is not valid yet',
    hint: 'Compare the clocks of worker and core.',
  },
  {
    causes: /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/,
    code: 'core_untrusted',
    text: 'nobody who is trusted has signed the certificate of the core',
    hint: 'Give the CA certificate of the core with --ca-cert. If that was right before, somebody may sit in between.',
  },
  {
    causes: /^(EPROTO|ERR_SSL_.*|HPE_.*)$/,
    code: 'core_speaks_otherwise',
    text: 'the other side speaks another protocol',
    hint: 'Check scheme and port of {uri}: by default 8900 is https and 8980 is http.',
  },
  {
    causes: /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/,
    code: 'core_unreachable',
    text: 'cannot reach the core',
    hint: 'Is a core running at {uri}? Check its address.',
  },
];

function closed({ secure }: CoreConnection): Omit<Failure, 'causes'> {
  const hint = secure ? undefined : 'If the core serves TLS there, its address begins with https.';
  return { code: undefined, text: 'the connection was closed', hint };
}

/** Which hosts the certificate names instead. */
function detail(cause: unknown): string | undefined {
  if (errorCode(cause) !== 'ERR_TLS_CERT_ALTNAME_INVALID') return undefined;
  const { cert } = cause as { readonly cert?: { readonly subjectaltname?: string } };
  return cut(cert?.subjectaltname ?? 'no host at all', 500);
}

/** What is known of an answer. */
export interface FailedAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Its body, or the beginning of it. */
  readonly text: string;
}

/**
 * The error for an answer with the status of a failure. One that is a web page comes from something in front of the core, or
 * instead of it: what it says about a path says nothing about what the core has.
 */
export function answerFailure(connection: CoreConnection, attempted: string, answer: FailedAnswer): WorkerError {
  const { status, headers, text } = answer;
  if (isPage(headers) && !passingStatuses.has(status)) return noCore(connection, attempted, headers, status);
  const shown = isPage(headers) ? 'a web page' : cut(text.replaceAll(/\s+/g, ' ').trim(), 1000);
  return new CoreError(status, shown, `${attempted} was answered with ${status}${shown === '' ? '' : `: ${shown}`}`, {
    hint: answerHint(connection, answer),
    facts: { uri: connection.uri },
  });
}

/** Statuses of failures that pass by themselves. */
export const passingStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** The core has no page among what a worker asks for. */
export function isPage({ 'content-type': type }: IncomingHttpHeaders): boolean {
  return type?.includes('html') === true;
}

/** The error for an answer that cannot come from a core. */
export function noCore(
  connection: CoreConnection,
  attempted: string,
  { 'content-type': type = 'something without type' }: IncomingHttpHeaders,
  status = 200,
): ProtocolError {
  const what = status === 200 ? type : `${status} and ${type}`;
  return new ProtocolError(`${attempted} was answered with ${what}, which no core sends`, {
    code: 'not_a_core',
    hint: `Is there really a core at ${connection.uri}, or a proxy or web page?`,
    facts: { uri: connection.uri, status },
  });
}

/** The error for a server that answers, but has none of what cores of all generations have. `error` says what it was asked last. */
export function speaksNeither(error: unknown): ProtocolError {
  const { uri } = errorFacts(error);
  return new ProtocolError(`${errorText(error)}. No core of Resoto or Fix Inventory answers so`, {
    code: 'not_a_core',
    hint: `Something answers at ${String(uri)}, but speaks the protocol of neither. Check host, port and path of the address.`,
    facts: { uri, status: 404 },
    cause: error,
  });
}

/** Failures that waiting cannot heal. Clocks that differ by seconds are no such: a core that was just made has a new certificate. */
export function isLasting(error: unknown): boolean {
  const { status } = errorFacts(error);
  // While a core starts, what is in front of it may answer with a page that says so.
  if (errorCode(error) === 'not_a_core') return status === 200;
  return status === 301 || status === 308 || lasting.has(errorCode(error));
}

const lasting: ReadonlySet<string | undefined> = new Set([
  'core_other_name',
  'core_certificate_expired',
  'core_untrusted',
  'core_speaks_otherwise',
]);

function answerHint(connection: CoreConnection, { status, headers, text }: FailedAnswer): string | undefined {
  if (status === 401 && connection.hasKey) return clockHint(headers.date) ?? differentKeys;
  if (status === 401) return 'The core asks for its pre-shared key. Give it to the worker.';
  if (status === 413) return 'The core accepts bodies up to its setting api.max_request_size.';
  if (status === 429 && text.includes('one connection per subscriber')) {
    return (
      'Another worker with this id is connected, or the core has not noticed yet that the last connection is gone, which takes ' +
      'up to 30 seconds. Give each worker an id of its own.'
    );
  }
  if (status >= 300 && status < 400 && headers.location !== undefined)
    return `The address leads on to ${headers.location}. Give the address of the core itself.`;
  return isPage(headers) ? `Something in front of the core answers at ${connection.uri}.` : undefined;
}

const differentKeys = 'Core and worker have different pre-shared keys. Give the key of the core.';

/** A token of a worker whose clock is late has expired when it is made. */
function clockHint(date: string | undefined): string | undefined {
  const minutes = Math.round(Math.abs(Date.parse(date ?? '') - Date.now()) / 60_000);
  if (!(minutes >= 5)) return undefined;
  return `The clocks of core and worker differ by ${minutes} minutes, and tokens are valid for 5. Set the clocks.`;
}
