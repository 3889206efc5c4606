import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { errorCode, WorkerError, type Logger } from '@resoto/worker-core';
import { authorize, type AuthOptions } from './auth.ts';
import { errorAnswer, RequestError, statusOf } from './request-error.ts';
import type { RouteHandler, Router, RouteRequest } from './router.ts';
import { acceptSocket, socketServer, type SocketHandler, type SocketTimers } from './sockets.ts';
import { writeAnswer } from './writer.ts';

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  readonly routes: Router<RouteHandler>;
  readonly sockets: Router<SocketHandler>;
  readonly auth: AuthOptions;
  readonly timers: SocketTimers & { readonly closeGrace: number };
  readonly log: Logger;
  /** A server that speaks TLS. Default: plain HTTP. */
  readonly server?: SecureServer;
}

export interface HttpServer {
  readonly uri: string;
  close(): Promise<void>;
}

/** Opens the port and serves until closed. Throws `port_in_use` or `cannot_listen`. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const server = options.server ?? createServer();
  const scheme = options.server === undefined ? 'http' : 'https';
  // An upload may take as long as it needs; silence within one is noticed by whoever reads it.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 75_000;
  const closing = new AbortController();
  const upgrades = socketServer();
  server.on('request', (message, response) => void serveRequest(message, response, options, closing.signal));
  server.on('upgrade', (message, socket, head) => void serveUpgrade(message, socket, head));
  await listen(server, options);

  async function serveUpgrade(message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    try {
      if (closing.signal.aborted) throw shuttingDown();
      const { path, query } = requestTarget(message);
      await authorize(message, path, options.auth);
      const { handler, params } = findRoute(options.sockets, 'GET', path);
      const session = handler(routeRequest(message, params, query, closing.signal));
      acceptSocket(upgrades, { message, socket, head }, session, options.timers);
    } catch (error) {
      refuseUpgrade(socket, error);
    }
  }

  return {
    uri: `${scheme}://${authority(server)}`,
    async close() {
      closing.abort(shuttingDown());
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const client of upgrades.clients) client.close(1001);
      server.closeIdleConnections();
      const cut = setTimeout(() => {
        for (const client of upgrades.clients) client.terminate();
        server.closeAllConnections();
      }, options.timers.closeGrace);
      await closed;
      clearTimeout(cut);
    },
  };
}

async function serveRequest(
  message: IncomingMessage,
  response: ServerResponse,
  options: HttpServerOptions,
  closing: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new RequestError(400, 'connection_lost', 'The client went away')));
  try {
    if (closing.aborted) throw shuttingDown();
    const { path, query } = requestTarget(message);
    await authorize(message, path, options.auth);
    const { handler, params } = findRoute(options.routes, message.method ?? 'GET', path);
    const answer = await handler(routeRequest(message, params, query, AbortSignal.any([gone.signal, closing])));
    await writeAnswer(message, response, answer);
  } catch (error) {
    refuseRequest(message, response, error, options.log);
  }
}

function refuseRequest(message: IncomingMessage, response: ServerResponse, error: unknown, log: Logger): void {
  const status = statusOf(error);
  const facts = { method: message.method, path: message.url?.split('?', 1)[0], status, error: errorAnswer(error) };
  if (response.destroyed && !response.headersSent) return;
  if (response.headersSent) {
    log.warn('answer cut', facts);
    return;
  }
  log.debug('request refused', facts);
  const retry = status === 503 ? { 'Retry-After': '5' } : {};
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...retry }).end(errorAnswer(error));
}

function refuseUpgrade(socket: Duplex, error: unknown): void {
  const body = errorAnswer(error);
  const status = statusOf(error);
  const retry = status === 503 ? 'Retry-After: 5\r\n' : '';
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n${retry}` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function findRoute<Handler>(router: Router<Handler>, method: string, path: string) {
  const match = router.find(method, path);
  if (match === 'no_path') throw new RequestError(404, 'not_found', `Nothing is served at ${path}`);
  if (match === 'no_method') throw new RequestError(405, 'method_not_allowed', `${method} is not allowed at ${path}`);
  return match;
}

function routeRequest(
  message: IncomingMessage,
  params: ReadonlyMap<string, string>,
  query: URLSearchParams,
  signal: AbortSignal,
): RouteRequest {
  return { message, query, signal, param: (name) => params.get(name) ?? '' };
}

function requestTarget(message: IncomingMessage): { path: string; query: URLSearchParams } {
  const [path = '/', ...query] = (message.url ?? '/').split('?');
  return { path, query: new URLSearchParams(query.join('?')) };
}

function shuttingDown(): RequestError {
  return new RequestError(503, 'shutting_down', 'The core shuts down');
}

function listen(
  server: Server | SecureServer,
  options: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, options)));
    server.listen(options.port, options.host, resolve);
  });
}

function listenError(cause: unknown, { host, port }: { readonly host: string; readonly port: number }): WorkerError {
  if (errorCode(cause) === 'EADDRINUSE') {
    return new WorkerError('port_in_use', `Cannot listen on ${host}:${port}: the port is in use`, {
      hint: 'Stop the other program, or choose another port (0 takes any free one).',
      facts: { host, port },
      cause,
    });
  }
  return new WorkerError('cannot_listen', `Cannot listen on ${host}:${port}: ${errorCode(cause) ?? String(cause)}`, {
    hint: 'Choose an address of this machine and a port you may open.',
    facts: { host, port },
    cause,
  });
}

function authority(server: Server | SecureServer): string {
  const address = server.address();
  if (typeof address === 'string' || address === null) throw new WorkerError('cannot_listen', 'The server has no port');
  const { family, port, address: host } = address;
  return family === 'IPv6' ? `[${host}]:${port}` : `${host}:${port}`;
}
