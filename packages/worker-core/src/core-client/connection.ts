/** Where the core is and how to be let in: shared by every request and every socket (protocol 1.1, 1.3). */
import { ConfigError, type WorkerError } from '../errors.ts';
import { createToken } from '../protocol/token.ts';
import { tlsOptions, type CoreTls, type TlsOptions } from './tls/tls-options.ts';

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where a core is, and how it is known. */
export interface CoreConnectionOptions {
  /** Base URI; a path in it prefixes every endpoint. */
  readonly uri: string;
  /** Pre-shared key; an empty one is none. */
  readonly psk?: string | undefined;
  /** Asked for each new connection, so that renewed certificates take effect without a restart. */
  readonly tls?: (() => CoreTls) | undefined;
  /** Told when a connection failed because nobody who is trusted has signed the certificate of the core. */
  readonly onUntrusted?: (() => void) | undefined;
}

/** A core that can be reached: address, key and trust, checked. */
export interface CoreConnection {
  /** Base URI without trailing slash and without user information: fit for messages. */
  readonly uri: string;
  readonly secure: boolean;
  readonly hasKey: boolean;
  httpUrl(path: string, query?: Query): URL;
  socketUrl(path: string, query?: Query): URL;
  /** Whom to trust now: plain data, for connections other threads make. */
  trust(): CoreTls;
  /** The same as options of a connection. */
  tls(): TlsOptions;
  /** To be told of each connection that failed. */
  failed(error: WorkerError): void;
  /** Headers with a token made for this one attempt; none without key. */
  authorization(): Promise<Readonly<Record<string, string>>>;
}

/** @throws ConfigError `wrong_core_uri` */
export function coreConnection(options: CoreConnectionOptions): CoreConnection {
  const { psk, tls = () => ({}), onUntrusted = () => {} } = options;
  const base = baseUrl(options.uri);
  const uri = base.href.replace(/\/+$/, '');
  const hasKey = psk !== undefined && psk !== '';
  const httpUrl = (path: string, query?: Query): URL => endpoint(uri, path, query);
  return {
    uri,
    secure: base.protocol === 'https:',
    hasKey,
    httpUrl,
    socketUrl: (path, query) => {
      const url = httpUrl(path, query);
      url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
      return url;
    },
    trust: tls,
    tls: () => tlsOptions(tls()),
    failed: ({ code }) => {
      if (code === 'core_untrusted') onUntrusted();
    },
    authorization: async () => (hasKey ? { Authorization: `Bearer ${await createToken(psk)}` } : {}),
  };
}

/** A path out of parts that may hold any character. A slash inside of `id` parts of a configuration stays one. */
export function pathOf(...parts: readonly string[]): string {
  return parts.map((part) => `/${part.split('/').map(encodeURIComponent).join('/')}`).join('');
}

function baseUrl(uri: string): URL {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new ConfigError(`The address of the core is no HTTP address: ${uri}`, {
      code: 'wrong_core_uri',
      hint: 'It looks like https://core.example:8900.',
    });
  }
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url;
}

function endpoint(uri: string, path: string, query: Query = {}): URL {
  const url = new URL(`${uri}${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}
