import type { IncomingMessage } from 'node:http';
import { RequestError } from './request-error.ts';
import type { TokenCheck } from './token-check.ts';

const OPEN_PATHS = [/^\/system\//, /^\/ca\/cert$/, /^\/metrics$/, /^\/login$/, /^\/\.well-known\//, /^\/api-doc/];
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

export interface AuthOptions {
  /** Absent when the core runs without a pre-shared key; then tokens are ignored. */
  readonly tokens?: TokenCheck;
  readonly cookie: string;
  /** Only answer requests that name a loopback host, so that no web page can reach an open core through its own DNS name. */
  readonly loopbackOnly: boolean;
}

/**
 * Checks a request in the order of protocol 1.3: origin, then a token when there is one, even where none is needed, then
 * the open paths.
 *
 * @throws RequestError 403 for a foreign origin, 401 for a missing or refused token, 500 for one that is no token at all
 */
export async function authorize(message: IncomingMessage, path: string, options: AuthOptions): Promise<void> {
  checkOrigin(message);
  if (options.tokens === undefined) {
    if (options.loopbackOnly) checkLoopbackHost(message);
    return;
  }
  const credentials = message.headers.authorization ?? cookieValue(message, options.cookie);
  if (credentials !== undefined) return options.tokens.verify(credentials);
  if (OPEN_PATHS.some((open) => open.test(path))) return;
  throw new RequestError(401, 'not_authorized', 'Not authorized: send an Authorization header with a token');
}

function checkOrigin(message: IncomingMessage): void {
  const { origin, host = '' } = message.headers;
  if (origin === undefined) return;
  const hostName = host.replace(/:.*$/s, '').toLowerCase();
  if (!URL.canParse(origin) || new URL(origin).hostname.toLowerCase() !== hostName) {
    throw new RequestError(403, 'foreign_origin', `Origin ${origin} is not ${hostName}`);
  }
}

function checkLoopbackHost(message: IncomingMessage): void {
  const host = (message.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  if (LOOPBACK_NAMES.has(host)) return;
  throw new RequestError(
    403,
    'foreign_host',
    `Host ${host} is not a loopback name, and this core has no pre-shared key`,
  );
}

function cookieValue(message: IncomingMessage, name: string): string | undefined {
  for (const part of (message.headers.cookie ?? '').split(';')) {
    const [key, ...value] = part.split('=');
    if (key?.trim() === name) return decodeURIComponent(value.join('=').trim()).replace(/^"|"$/g, '');
  }
  return undefined;
}
