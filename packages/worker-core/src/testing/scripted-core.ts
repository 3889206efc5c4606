/**
 * A core for tests that does what it is told: it serves HTTP and WebSockets on a real port, records everything, and can refuse,
 * hang, cut and go away.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ServerIdentity } from '../core-client/tls/server-identity.ts';
import { parseJson, stringifyJson, type JsonValue } from '../protocol/json.ts';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** `cut` drops the connection without an answer, `hang` never answers. A value without status is a JSON body. */
export type ScriptedAnswer =
  | 'cut'
  | 'hang'
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly json?: JsonValue;
    };

export type Responder = (request: RecordedRequest, previous: number) => ScriptedAnswer | Promise<ScriptedAnswer>;

/** One WebSocket connection, seen from the core. */
export interface ScriptedSocket {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  /** What the worker sent on it, parsed. */
  readonly received: JsonValue[];
  readonly isOpen: boolean;
  send(message: unknown): void;
  /** Drops the connection without a word. */
  cut(): void;
  close(code: number): void;
  /** Stops reading and answering, as a core does that hangs. */
  freeze(): void;
}

export interface ScriptedCoreOptions {
  readonly onSocket?: (socket: ScriptedSocket) => void;
  readonly onMessage?: (socket: ScriptedSocket, message: JsonValue) => void;
  /** Absent: plain HTTP. */
  readonly identity?: ServerIdentity;
}

export class ScriptedCore {
  readonly requests: RecordedRequest[] = [];
  /** Every connection there ever was, oldest first. */
  readonly sockets: ScriptedSocket[] = [];
  readonly #options: ScriptedCoreOptions;
  readonly #responders = new Map<string, Responder>();
  readonly #refusals = new Map<string, number[]>();
  #server: Server | undefined;
  #port = 0;

  private constructor(options: ScriptedCoreOptions) {
    this.#options = options;
  }

  /** Starts on a free port of the loopback interface. */
  static async start(options: ScriptedCoreOptions = {}): Promise<ScriptedCore> {
    const core = new ScriptedCore(options);
    await core.listen();
    return core;
  }

  get uri(): string {
    return `${this.#options.identity === undefined ? 'http' : 'https'}://127.0.0.1:${this.#port}`;
  }

  /** Messages of all connections to a path, in the order they came. */
  received(path: string): JsonValue[] {
    return this.socketsOf(path).flatMap((socket) => socket.received);
  }

  socketsOf(path: string): ScriptedSocket[] {
    return this.sockets.filter((socket) => socket.path === path);
  }

  requestsOf(method: string, path: string): RecordedRequest[] {
    return this.requests.filter((request) => request.method === method && request.path === path);
  }

  /** Scripts the answer to a request. `previous` counts the requests of this kind before. */
  answer(method: string, path: string, responder: Responder | ScriptedAnswer): void {
    this.#responders.set(`${method} ${path}`, typeof responder === 'function' ? responder : () => responder);
  }

  /** Answers the next attempts to open a socket with these statuses. */
  refuseSocket(path: string, ...statuses: readonly number[]): void {
    this.#refusals.set(path, [...statuses]);
  }

  /** Goes away: every connection is cut, and nobody listens any more. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.sockets) socket.cut();
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  }

  /** Comes back on the same port. */
  async listen(): Promise<void> {
    const { identity } = this.#options;
    const server = identity === undefined ? createServer() : createSecureServer(identity);
    server.on('request', (request, response) => void this.#serve(request, response));
    const upgrades = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, stream, head) => {
      const { pathname } = urlOf(request);
      const status = this.#refusals.get(pathname)?.shift();
      if (status !== undefined) {
        stream.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 7\r\nConnection: close\r\n\r\nrefused`);
        return;
      }
      upgrades.handleUpgrade(request, stream, head, (socket) => this.#attach(socket, request));
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  #attach(socket: WebSocket, request: IncomingMessage): void {
    const url = urlOf(request);
    const scripted = scriptedSocket(socket, url, request.headers);
    this.sockets.push(scripted);
    socket.on('message', (data: Buffer) => {
      const message = parseJson(data.toString());
      scripted.received.push(message);
      this.#options.onMessage?.(scripted, message);
    });
    socket.on('error', () => socket.terminate());
    this.#options.onSocket?.(scripted);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = urlOf(request);
    const { method = '', headers } = request;
    let body = '';
    try {
      for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
    } catch {
      // The worker gave up while it was sending.
      return;
    }
    const recorded = { method, path: url.pathname, query: Object.fromEntries(url.searchParams), headers, body };
    const previous = this.requestsOf(method, url.pathname).length;
    this.requests.push(recorded);
    const responder = this.#responders.get(`${method} ${url.pathname}`) ?? defaultAnswer;
    write(response, await responder(recorded, previous));
  }
}

/** Waits until the check passes, and at most as long as the limit in milliseconds; then the check says why it does not. */
export async function eventually(check: () => void, limit = 5_000): Promise<void> {
  const deadline = performance.now() + limit;
  for (;;) {
    try {
      check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await sleep(5);
  }
}

function defaultAnswer({ method, path }: RecordedRequest): ScriptedAnswer {
  if (path === '/system/ready') return { body: 'ok', headers: { 'Content-Type': 'text/plain' } };
  if (method === 'POST' && path.startsWith('/subscriber/')) return { json: { id: path, subscriptions: {} } };
  return { status: 404, body: 'Error: NotFound\nMessage: not scripted' };
}

function write(response: ServerResponse, answer: ScriptedAnswer): void {
  if (answer === 'hang') return;
  if (answer === 'cut') {
    response.destroy();
    return;
  }
  const { status = 200, headers = {}, json, body = json === undefined ? '' : stringifyJson(json) } = answer;
  const type = json === undefined ? {} : { 'Content-Type': 'application/json' };
  response.writeHead(status, { ...type, ...headers }).end(body);
}

function scriptedSocket(socket: WebSocket, url: URL, headers: IncomingMessage['headers']): ScriptedSocket {
  return {
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers,
    received: [],
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    send: (message) => socket.send(`${typeof message === 'string' ? message : stringifyJson(message)}\n`),
    cut: () => socket.terminate(),
    close: (code) => socket.close(code),
    freeze: () => socket.pause(),
  };
}

function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '/', 'http://core');
}
