/**
 * The web server of a worker (worker behaviour 10): health, metrics, and a page for people. It answers GET and HEAD of eight
 * paths and reads nothing that is sent to it, so the servers of the runtime are all it takes: a framework would cost more memory
 * than the rest of a worker that waits.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ServerIdentity } from '../core-client/tls/server-identity.ts';
import { ConfigError, errorText } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import { stringifyJson, type JsonObject } from '../protocol/json.ts';
import { textAnswer, writeAnswer, type Answer } from './answer.ts';
import { Connections } from './connections.ts';
import type { Health, HealthKind } from './health.ts';
import { listen } from './listen.ts';
import { icon, style } from './page-files.ts';
import { pathNames, servedName } from './paths.ts';
import { statusPage, type WebStatus } from './status-page.ts';

// A static import of it would load the runtime's whole fetch implementation, too: see `core-client/http.ts`.
const http = process.getBuiltinModule('node:http');

export interface WebServerOptions {
  /** Address to listen on. `::` are all, also where there is no IPv6. */
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Everything is served below this path, too. */
  readonly path: string;
  /** Absent: plain HTTP. */
  readonly identity?: ServerIdentity | undefined;
  readonly health: Health;
  /** The metrics in the text format of Prometheus. */
  readonly metrics: () => Promise<string>;
  /** What `/info` answers. */
  readonly info: () => JsonObject;
  /** What the page shows. */
  readonly status: () => WebStatus;
  /** Milliseconds a client has for a request, its headers, or a TLS handshake. Default: 10,000. */
  readonly patience?: number;
  readonly log: Logger;
}

export interface WebServer {
  /** Where it is reached on this machine. */
  readonly url: string;
  /**
   * New connections get this certificate; those that are open keep theirs.
   *
   * @throws ConfigError `wrong_certificate`, and the one in use stays
   */
  renew(identity: ServerIdentity): void;
  /** Gives answers that are on their way half a second, then closes every connection. */
  close(): Promise<void>;
}

/** Connections at once. Probes and scrapes need a handful. */
const connectionsAtMost = 200;
const closeGrace = 500;

function limits({ patience = 10_000 }: WebServerOptions) {
  return {
    maxHeaderSize: 8_192,
    headersTimeout: patience,
    requestTimeout: patience,
    handshakeTimeout: patience,
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: Math.min(patience, 5_000),
  };
}

/**
 * Starts the web server.
 *
 * @throws ConfigError `port_in_use`, `port_denied`, `wrong_port`, `wrong_host` or `wrong_certificate`
 */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const { identity, host } = options;
  const secure = identity === undefined ? undefined : secureServer(identity, options);
  const server: Server | SecureServer = secure?.server ?? http.createServer(limits(options));
  const connections = new Connections(server, connectionsAtMost);
  server.on('request', requestListener(options));
  await listen(server, options);
  // For instance too many open files: the connection is lost, the server is not.
  server.on('error', (error) => options.log.warn('the web server could not accept a connection', { error }));
  const { port } = server.address() as AddressInfo;
  const url = `${secure === undefined ? 'http' : 'https'}://${hostOfUrl(host)}:${port}/`;
  options.log.info('web server started', { url });
  return {
    url,
    renew(renewed) {
      if (secure === undefined) throw new TypeError('A web server without TLS has no certificate');
      secure.renew(renewed);
    },
    close: () => closeServer(server, connections),
  };
}

function secureServer(
  identity: ServerIdentity,
  options: WebServerOptions,
): { readonly server: SecureServer; readonly renew: (identity: ServerIdentity) => void } {
  const https = process.getBuiltinModule('node:https');
  const { createSecureContext } = process.getBuiltinModule('node:tls');
  function checked({ cert, key, passphrase }: ServerIdentity) {
    try {
      const parts = { cert, key, ...(passphrase !== undefined && { passphrase }) };
      createSecureContext(parts);
      return parts;
    } catch (cause) {
      throw new ConfigError(`The certificate of the web server cannot be used: ${errorText(cause)}`, {
        code: 'wrong_certificate',
        hint: 'Certificate and key have to belong together, and an encrypted key needs its passphrase.',
        cause,
      });
    }
  }
  const server = https.createServer({ ...limits(options), ...checked(identity) });
  return { server, renew: (renewed) => server.setSecureContext(checked(renewed)) };
}

function requestListener(options: WebServerOptions) {
  const mount = pathNames(mountPath(options.path)) ?? [];
  const routes = routesOf(options);
  return (request: IncomingMessage, response: ServerResponse): void => {
    answerOf(request, routes, mount)
      .catch((error: unknown) => {
        options.log.error('a page of the web server failed', { path: request.url?.slice(0, 200), error });
        return textAnswer(500, 'This page is not available, see the log of the worker\r\n');
      })
      .then((answer) => writeAnswer(request, response, answer))
      .catch((error: unknown) => {
        options.log.debug('an answer of the web server was not sent', { error: errorText(error) });
        response.destroy();
      });
  };
}

function mountPath(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}

type Routes = ReadonlyMap<string, (target: string) => Answer | Promise<Answer>>;

async function answerOf(request: IncomingMessage, routes: Routes, mount: readonly string[]): Promise<Answer> {
  const { method, url = '' } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    return textAnswer(405, 'Only GET and HEAD are allowed\r\n', { Allow: 'GET, HEAD' });
  }
  const names = pathNames(url);
  if (names === undefined) return textAnswer(400, 'This path cannot be understood\r\n');
  const name = servedName(names, mount, (served) => routes.has(served));
  const route = name === undefined ? undefined : routes.get(name);
  return route === undefined ? textAnswer(404, 'Nothing is served here\r\n') : route(url);
}

function routesOf({ health, metrics, info, status }: WebServerOptions): Routes {
  const file = (type: string, body: string) => (): Answer => ({
    status: 200,
    type,
    body,
    headers: { 'Cache-Control': 'max-age=3600' },
  });
  const json = (body: string): Answer => ({ status: 200, type: 'application/json', body });
  return new Map<string, (target: string) => Answer | Promise<Answer>>([
    [
      '',
      (target) => ({
        status: 200,
        type: 'text/html; charset=utf-8',
        body: statusPage({ target, health, info: info(), status: status() }),
      }),
    ],
    ['health', () => healthAnswer(health, 'health', false)],
    ['ready', () => healthAnswer(health, 'ready', true)],
    ['live', () => healthAnswer(health, 'live', true)],
    ['metrics', async () => ({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: await metrics() })],
    ['info', () => json(stringifyJson(info()))],
    ['style.css', file('text/css; charset=utf-8', style)],
    ['icon.svg', file('image/svg+xml', icon)],
  ]);
}

/** Programs read the answer of `/health` line by line, so it has no reasons (worker behaviour 10.1). */
function healthAnswer(health: Health, kind: HealthKind, withReasons: boolean): Answer {
  const failed = health.failed(kind);
  if (failed.length === 0) return textAnswer(200, 'ok\r\n');
  const lines = failed.map(({ name, reason }) => `- ${name}${withReasons && reason !== '' ? `: ${reason}` : ''}`);
  return textAnswer(503, `not ok\r\n\r\n${lines.join('\r\n')}\r\n`);
}

function hostOfUrl(host: string): string {
  if (host === '::' || host === '0.0.0.0' || host === '') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

async function closeServer(server: Server | SecureServer, connections: Connections): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => connections.destroy(), closeGrace);
  await closed;
  clearTimeout(timer);
}
