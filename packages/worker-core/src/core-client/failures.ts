/** What can go wrong with a core, in words that say what to do. */
import { ConnectionClosedError, CoreError, errorCode, errorText, ProtocolError, type WorkerError } from '../errors.ts';
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

/** An answer with the status of a failure. */
export interface FailedAnswer {
  readonly status: number;
  readonly text: string;
  /** Its header `Date`. */
  readonly date?: string | undefined;
}

/** The error for an answer with the status of a failure. */
export function answerFailure(connection: CoreConnection, attempted: string, answer: FailedAnswer): CoreError {
  const { status, text } = answer;
  const shown = cut(text.replaceAll(/\s+/g, ' ').trim(), 1000);
  return new CoreError(status, shown, `${attempted} was answered with ${status}${shown === '' ? '' : `: ${shown}`}`, {
    hint: answerHint(connection, answer),
    facts: { uri: connection.uri },
  });
}

/** The error for an answer that cannot come from a core. */
export function noCore(connection: CoreConnection, attempted: string, contentType: string | undefined): ProtocolError {
  return new ProtocolError(
    `${attempted} was answered with ${contentType ?? 'something without type'}, which no core sends`,
    {
      code: 'not_a_core',
      hint: `Is there really a core at ${connection.uri}, or a proxy or web page?`,
      facts: { uri: connection.uri },
    },
  );
}

/** Failures that waiting cannot heal. Clocks that differ by seconds are no such: a core that was just made has a new certificate. */
export function isLasting(error: unknown): boolean {
  return lasting.has(errorCode(error));
}

const lasting: ReadonlySet<string | undefined> = new Set([
  'core_other_name',
  'core_certificate_expired',
  'core_untrusted',
  'core_speaks_otherwise',
  'not_a_core',
]);

function answerHint(connection: CoreConnection, { status, date }: FailedAnswer): string | undefined {
  if (status === 401 && connection.hasKey) return clockHint(date) ?? differentKeys;
  if (status === 401) return 'The core asks for its pre-shared key. Give it to the worker.';
  if (status === 413) return 'The core accepts bodies up to its setting api.max_request_size.';
  return undefined;
}

const differentKeys = 'Core and worker have different pre-shared keys. Give the key of the core.';

/** A token of a worker whose clock is late has expired when it is made. */
function clockHint(date: string | undefined): string | undefined {
  const minutes = Math.round(Math.abs(Date.parse(date ?? '') - Date.now()) / 60_000);
  if (!(minutes >= 5)) return undefined;
  return `The clocks of core and worker differ by ${minutes} minutes, and tokens are valid for 5. Set the clocks.`;
}
