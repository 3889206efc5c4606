/**
 * A core for tests that does what it is told: it serves HTTP and WebSockets on a real port, records everything, and can refuse,
 * hang, cut and go away. It can misbehave as well: answer slowly, endlessly, in part or with web pages, break frames, keep pongs
 * back, and take a key away.
 *
 * @example
 * const core = await ScriptedCore.start({ onSocket: (socket) => socket.send(action) });
 * core.answer('GET', '/config/resoto.worker', { status: 503, headers: { 'Retry-After': '5' } });
 * core.refuseSocket('/work/queue', 429, 'hang', page(502));
 * core.socketsOf('/events')[0]?.sendBytes(frameBytes('{"kind":', { claimedLength: 1000 }));
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ServerIdentity } from '../core-client/tls/server-identity.ts';
import { generationNames, type Generation } from '../protocol/generation.ts';
import { parseJson, type JsonObject, type JsonValue } from '../protocol/json.ts';
import { verifyToken } from '../protocol/token.ts';
import { writeAnswer, type ScriptedAnswer } from './scripted/answer.ts';
import { scriptedSocket, type ScriptedSocket } from './scripted/socket.ts';

export type { ScriptedAnswer } from './scripted/answer.ts';
export type { ScriptedSocket } from './scripted/socket.ts';

/** A request as it came. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Makes the answer to a request, given how many came before it. */
export type Responder = (request: RecordedRequest, previous: number) => ScriptedAnswer | Promise<ScriptedAnswer>;

export interface ScriptedCoreOptions {
  readonly onSocket?: (socket: ScriptedSocket) => void;
  readonly onMessage?: (socket: ScriptedSocket, message: JsonValue) => void;
  /** Asked for by every request and socket from the start; see `key`. */
  readonly psk?: string;
  /** Names of the headers it sends. Default: `resoto`. */
  readonly generation?: Generation;
  /** False: pings of the worker are not answered. */
  readonly pongs?: boolean;
  /** Absent: plain HTTP. */
  readonly identity?: ServerIdentity;
}

/** A core that answers as it is told, on a real port, and records what it was asked. Whoever starts it stops it. */
export class ScriptedCore {
  readonly requests: RecordedRequest[] = [];
  /** Every connection there ever was, oldest first. */
  readonly sockets: ScriptedSocket[] = [];
  /** The key a token has to be made with; undefined: nobody asks. May be changed, as when a key is revoked. */
  key: string | undefined;
  readonly #options: ScriptedCoreOptions;
  readonly #responders = new Map<string, Responder>();
  readonly #refusals = new Map<string, ScriptedAnswer[]>();
  readonly #hanging = new Set<Duplex>();
  #server: Server | undefined;
  #port = 0;

  private constructor(options: ScriptedCoreOptions) {
    this.#options = options;
    this.key = options.psk;
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

  /** Attempts to open a socket that wait for an answer. */
  get hanging(): number {
    return this.#hanging.size;
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

  /** Scripts a configuration document, with its revision in the header of the generation. */
  answerConfig(id: string, config: JsonObject, revision = 'r1'): void {
    const { generation = 'resoto' } = this.#options;
    const headers = { [generationNames[generation].configRevisionHeader]: revision };
    this.answer('GET', `/config/${id}`, { json: { config, raw_config: config, overrides: null }, headers });
  }

  /** Answers the next attempts to open a socket with these statuses or answers instead. */
  refuseSocket(path: string, ...refusals: readonly (number | ScriptedAnswer)[]): void {
    const answers = refusals.map((refusal) =>
      typeof refusal === 'number' ? { status: refusal, body: 'refused' } : refusal,
    );
    this.#refusals.set(path, answers);
  }

  /** Goes away: every connection is cut, and nobody listens any more. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.sockets) socket.cut();
    for (const stream of this.#hanging) stream.destroy();
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  }

  /** Comes back on the same port. */
  async listen(): Promise<void> {
    const { pongs = true, identity } = this.#options;
    const server = identity === undefined ? createServer() : createSecureServer(identity);
    server.on('request', (request, response) => void this.#serve(request, response));
    const upgrades = new WebSocketServer({ noServer: true, autoPong: pongs });
    server.on('upgrade', (request, stream, head) => void this.#upgrade(upgrades, request, stream, head));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  async #upgrade(upgrades: WebSocketServer, request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    stream.on('error', () => stream.destroy());
    const { pathname } = urlOf(request);
    const refusal = this.#refusals.get(pathname)?.shift() ?? (await this.#keyRefusal(request));
    if (refusal === undefined) {
      upgrades.handleUpgrade(request, stream, head, (socket) => this.#attach(socket, stream, request));
    } else if (refusal === 'hang') {
      this.#hanging.add(stream);
      stream.once('close', () => this.#hanging.delete(stream));
    } else {
      refuseUpgrade(stream, refusal);
    }
  }

  #attach(socket: WebSocket, stream: Duplex, request: IncomingMessage): void {
    const scripted = scriptedSocket(socket, stream, urlOf(request), request.headers);
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
    await writeAnswer(response, (await this.#keyRefusal(request)) ?? (await responder(recorded, previous)));
  }

  /** As a core with a key answers (protocol 1.3): a wrong token is refused everywhere, a missing one where it is needed. */
  async #keyRefusal(request: IncomingMessage): Promise<ScriptedAnswer | undefined> {
    const { authorization } = request.headers;
    if (this.key === undefined) return undefined;
    if (authorization === undefined && urlOf(request).pathname.startsWith('/system/')) return undefined;
    try {
      await verifyToken(authorization?.replace(/^bearer /i, '') ?? '', this.key);
      return undefined;
    } catch {
      return { status: 401, body: 'Unauthorized' };
    }
  }
}

function defaultAnswer({ method, path }: RecordedRequest): ScriptedAnswer {
  if (path === '/system/ready') return { body: 'ok', headers: { 'Content-Type': 'text/plain' } };
  if (method === 'GET' && (path === '/configs' || path === '/graph')) return { json: [] };
  if (method === 'POST' && path.startsWith('/subscriber/')) return { json: { id: path, subscriptions: {} } };
  return { status: 404, body: 'Error: NotFound\nMessage: not scripted' };
}

function refuseUpgrade(stream: Duplex, refusal: Exclude<ScriptedAnswer, 'hang'>): void {
  if (refusal === 'cut') {
    stream.destroy();
    return;
  }
  const { status = 200, headers = {}, body = '' } = refusal;
  const bytes = Buffer.from(body);
  const lines = Object.entries({ ...headers, 'Content-Length': bytes.length, Connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  stream.end(Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Refused\r\n${head}\r\n`), bytes]));
}

function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? '/', 'http://core');
}
