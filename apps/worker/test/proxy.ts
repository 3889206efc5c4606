import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import { parseJson, type JsonValue } from '@resoto/worker-core';

import { FrameReader, type WireFrame } from './frames.ts';

/** What becomes of something that passes: it goes on, or it is lost with its connection, or it goes on and then the connection is cut. */
export type Fate = 'pass' | 'lose' | 'cut';

export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  /** How often such a request was seen before. */
  readonly before: number;
  readonly headers: IncomingHttpHeaders;
  /** What has come of its body. */
  body: string;
  /** All of it has come. */
  isWhole: boolean;
  /** Status of the answer the worker got; undefined: none yet, or the connection was lost. */
  status?: number;
}

/** A text message on a WebSocket. */
export interface ProxiedMessage {
  readonly from: 'worker' | 'core';
  /** Path of the socket. */
  readonly socket: string;
  readonly content: JsonValue;
  /** What the hook decided. */
  fate: Fate;
}

/** Decides what becomes of what passes. Until it has decided, nothing goes on. */
export interface ProxyHooks {
  request?(request: ProxiedRequest): Fate | Promise<Fate>;
  /** A status to answer with instead of the core, which learns nothing of the request. */
  refuse?(request: ProxiedRequest): number | undefined;
  /** The first half of the first part of a body was passed on. */
  halfBody?(request: ProxiedRequest): Fate | Promise<Fate>;
  /** The whole body was passed on. */
  body?(request: ProxiedRequest): Fate | Promise<Fate>;
  /** An answer came; it was not passed on yet. */
  answer?(request: ProxiedRequest): Fate | Promise<Fate>;
  /** Half of the body of an answer was passed on. */
  halfAnswer?(request: ProxiedRequest): Fate | Promise<Fate>;
  message?(message: ProxiedMessage): Fate | Promise<Fate>;
}

/** Stands between worker and core, sees everything that passes, and can stop or lose it. */
export class Proxy {
  readonly requests: ProxiedRequest[] = [];
  readonly messages: ProxiedMessage[] = [];
  hooks: ProxyHooks = {};
  readonly #target: () => number;
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();

  private constructor(target: () => number) {
    this.#target = target;
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on('connection', (socket: Socket) => this.#keep(socket));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** `target` is asked for the port of the core at each connection. */
  static async start(target: () => number): Promise<Proxy> {
    const proxy = new Proxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get uri(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  requestsOf(method: string, path: string): readonly ProxiedRequest[] {
    return this.requests.filter((request) => request.method === method && request.path === path);
  }

  /** Forgets what it has seen and how it was told to behave. */
  reset(): void {
    this.hooks = {};
    this.requests.length = 0;
    this.messages.length = 0;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = this.#see(incoming);
    const { socket } = incoming;
    const lose = (): void => void socket.destroy();
    if ((await (this.hooks.request?.(seen) ?? 'pass')) !== 'pass') return lose();
    const refusal = this.hooks.refuse?.(seen);
    if (refusal !== undefined) {
      incoming.resume();
      seen.status = refusal;
      response.writeHead(refusal).end('Error: Refused\nMessage: not today');
      return;
    }
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port: this.#target(),
      method: seen.method,
      path: incoming.url,
      headers: incoming.headers,
      agent: false,
    });
    outgoing.on('error', lose);
    outgoing.once('response', (answer) => void this.#answer(seen, answer, response).catch(lose));
    response.once('close', () => response.writableFinished || outgoing.destroy());
    try {
      let isFirst = true;
      const text = new TextDecoder();
      for await (const chunk of incoming as AsyncIterable<Buffer>) {
        seen.body += text.decode(chunk, { stream: true });
        const half = chunk.subarray(0, Math.ceil(chunk.length / 2));
        await written(outgoing, half);
        if (isFirst && (await (this.hooks.halfBody?.(seen) ?? 'pass')) !== 'pass') {
          outgoing.destroy();
          return lose();
        }
        isFirst = false;
        await written(outgoing, chunk.subarray(half.length));
      }
      seen.isWhole = true;
      await new Promise<void>((resolve) => outgoing.end(resolve));
      if ((await (this.hooks.body?.(seen) ?? 'pass')) !== 'pass') {
        outgoing.destroy();
        lose();
      }
    } catch {
      outgoing.destroy();
      lose();
    }
  }

  async #answer(seen: ProxiedRequest, answer: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
    if ((await (this.hooks.answer?.(seen) ?? 'pass')) !== 'pass') throw new Error('the answer is lost');
    const whole = Buffer.concat(chunks);
    const half = whole.subarray(0, Math.ceil(whole.length / 2));
    response.writeHead(answer.statusCode ?? 0, answer.headers);
    await written(response, half);
    if ((await (this.hooks.halfAnswer?.(seen) ?? 'pass')) !== 'pass') throw new Error('half of the answer is lost');
    seen.status = answer.statusCode ?? 0;
    response.end(whole.subarray(half.length));
  }

  #upgrade(incoming: IncomingMessage, worker: Duplex, head: Buffer): void {
    const seen = this.#see(incoming);
    const core = connect(this.#target(), '127.0.0.1');
    this.#keep(core);
    this.#keep(worker);
    const cut = (): void => {
      core.destroy();
      worker.destroy();
    };
    for (const socket of [core, worker]) socket.on('error', cut).on('end', cut).on('close', cut);
    core.once('connect', () => {
      core.write(headOf(incoming));
      core.write(head);
    });
    this.#relay('worker', seen.path, worker, core, cut);
    // The answer to the upgrade comes first; it is no frame.
    const first: Buffer[] = [];
    const readHead = (chunk: Buffer): void => {
      first.push(chunk);
      const whole = Buffer.concat(first);
      const end = whole.indexOf('\r\n\r\n');
      if (end === -1) return;
      core.off('data', readHead);
      seen.status = Number(/^HTTP\/1\.1 (\d+)/.exec(whole.toString('latin1'))?.[1]);
      worker.write(whole.subarray(0, end + 4));
      const rest = whole.subarray(end + 4);
      if (seen.status === 101) this.#relay('core', seen.path, core, worker, cut, rest);
      else {
        worker.write(rest);
        core.pipe(worker);
      }
    };
    core.on('data', readHead);
  }

  /** Passes frames from one side to the other, in order. */
  #relay(
    from: 'worker' | 'core',
    socket: string,
    source: Duplex,
    target: Duplex,
    cut: () => void,
    head?: Buffer,
  ): void {
    const reader = new FrameReader();
    let last = Promise.resolve();
    const pass = async (frame: WireFrame): Promise<void> => {
      const fate = frame.text === undefined ? 'pass' : await this.#fateOf(from, socket, frame.text);
      if (fate !== 'lose' && !target.destroyed) await written(target, frame.bytes);
      if (fate === 'cut') target.end();
      if (fate !== 'pass') source.destroy();
      if (fate === 'lose') cut();
    };
    const read = (chunk: Buffer): void => {
      for (const frame of reader.read(chunk)) {
        last = last.then(() => (source.destroyed ? undefined : pass(frame))).catch(cut);
      }
    };
    if (head !== undefined) read(head);
    source.on('data', read);
  }

  async #fateOf(from: 'worker' | 'core', socket: string, text: string): Promise<Fate> {
    const message: ProxiedMessage = { from, socket, content: parseJson(text), fate: 'pass' };
    this.messages.push(message);
    message.fate = await (this.hooks.message?.(message) ?? 'pass');
    return message.fate;
  }

  #see({ method = '', url = '/', headers }: IncomingMessage): ProxiedRequest {
    const { pathname: path } = new URL(url, 'http://core');
    const before = this.requestsOf(method, path).length;
    const seen: ProxiedRequest = { method, path, before, headers, body: '', isWhole: false };
    this.requests.push(seen);
    return seen;
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}

function headOf({ method = '', url = '', rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let index = 0; index < rawHeaders.length; index += 2)
    lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function written(
  target: { write(chunk: Buffer, done: (error?: Error | null) => void): unknown },
  chunk: Buffer,
): Promise<void> {
  return new Promise((resolve, reject) => target.write(chunk, (error) => (error ? reject(error) : resolve())));
}
