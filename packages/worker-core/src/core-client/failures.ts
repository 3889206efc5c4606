/** What can go wrong with a core, in words that say what to do. */
import { ConnectionClosedError, CoreError, errorCode, errorText, ProtocolError, type WorkerError } from '../errors.ts';
import { cut } from '../protocol/messages.ts';
import type { CoreConnection } from './connection.ts';

/** Translates an error of a connection attempt or of an open connection. `attempted` reads like `GET http://core:8900/config/a`. */
export function connectionFailure(connection: CoreConnection, attempted: string, cause: unknown): WorkerError {
  const code = errorCode(cause) ?? '';
  const facts = { uri: connection.uri };
  if (untrusted.test(code)) {
    return new ConnectionClosedError(`${attempted}: the certificate of the core is not trusted (${code})`, {
      code: 'core_untrusted',
      hint: 'Give the CA certificate of the core, or check that its certificate names this host.',
      facts,
      cause,
    });
  }
  if (otherProtocol.test(code)) {
    return new ConnectionClosedError(`${attempted}: the other side speaks another protocol (${code})`, {
      code: 'core_speaks_otherwise',
      hint: 'Check scheme and port of the address of the core: by default 8900 is https and 8980 is http.',
      facts,
      cause,
    });
  }
  if (unreachable.test(code)) {
    return new ConnectionClosedError(`${attempted}: cannot reach the core (${code})`, {
      code: 'core_unreachable',
      hint: `Is a core running at ${connection.uri}? Check its address.`,
      facts,
      cause,
    });
  }
  return new ConnectionClosedError(`${attempted}: the connection was closed (${code || errorText(cause)})`, {
    facts,
    cause,
  });
}

/** The error for an answer with the status of a failure. */
export function answerFailure(connection: CoreConnection, attempted: string, status: number, text: string): CoreError {
  const shown = cut(text.replaceAll(/\s+/g, ' ').trim(), 1000);
  return new CoreError(status, shown, `${attempted} was answered with ${status}${shown === '' ? '' : `: ${shown}`}`, {
    hint: answerHint(connection, status),
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

/** Failures that waiting cannot heal. */
export function isLasting(error: unknown): boolean {
  return ['core_untrusted', 'core_speaks_otherwise', 'not_a_core'].includes(errorCode(error) ?? '');
}

const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;
const otherProtocol = /^(EPROTO|ERR_SSL_.*|HPE_.*)$/;
const unreachable = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN)$/;

function answerHint(connection: CoreConnection, status: number): string | undefined {
  if (status === 401 && connection.hasKey)
    return 'Core and worker have different pre-shared keys. Give the key of the core.';
  if (status === 401) return 'The core asks for its pre-shared key. Give it to the worker.';
  if (status === 413) return 'The core accepts bodies up to its setting api.max_request_size.';
  return undefined;
}
