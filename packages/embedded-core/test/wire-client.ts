import { request, type IncomingHttpHeaders } from 'node:http';
import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '@resoto/worker-core';
import { WebSocket } from 'ws';
import { isJsonArray } from '../src/json.ts';

const PATIENCE = 60_000;

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface Call {
  readonly body?: string | Buffer | object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One HTTP request over a connection of its own. */
export function call(uri: string, method: string, path: string, { body, headers = {} }: Call = {}): Promise<Reply> {
  const structured = typeof body === 'object' && !Buffer.isBuffer(body);
  const type = structured ? { 'Content-Type': 'application/json' } : {};
  return new Promise((resolve, reject) => {
    const sent = request(uri + path, { method, headers: { ...type, ...headers }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const whole = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: whole, text: whole.toString() });
      });
    });
    sent.once('error', reject);
    sent.end(structured ? JSON.stringify(body) : body);
  });
}

/** The value as the object it should be; empty when it is none. */
export function objectIn(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** The value as the list of objects it should be; empty when it is none. */
export function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  return (isJsonArray(value) ? value : []).filter(isJsonObject);
}

/** The JSON of a reply that must be a success. */
export async function callJson(uri: string, method: string, path: string, options: Call = {}): Promise<JsonValue> {
  const reply = await call(uri, method, path, options);
  if (reply.status >= 300) throw new Error(`${method} ${path} gave ${reply.status}: ${reply.text}`);
  return reply.text === '' ? null : parseJson(reply.text);
}

export async function callObject(uri: string, method: string, path: string, options: Call = {}): Promise<JsonObject> {
  return objectIn(await callJson(uri, method, path, options));
}

/** An open WebSocket whose messages are read one by one. */
export class WireSocket {
  readonly #socket: WebSocket;
  readonly #received: JsonObject[] = [];
  readonly frames: string[] = [];
  #wake: () => void = () => {};
  /** Code of the close frame. */
  readonly closed: Promise<number>;
  pings = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      this.frames.push(data.toString());
      const document = parseJson(data.toString());
      if (isJsonObject(document)) this.#received.push(document);
      this.#wake();
    });
    socket.on('ping', () => (this.pings += 1));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  /** The next message, or the next that fits; the ones before are dropped. */
  async next(fits: (message: JsonObject) => boolean = () => true): Promise<JsonObject> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      for (let message = this.#received.shift(); message !== undefined; message = this.#received.shift()) {
        if (fits(message)) return message;
      }
      if (Date.now() > deadline) throw new Error(`No such message within ${PATIENCE} ms; got ${this.frames.join('')}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  send(document: unknown): void {
    this.#socket.send(JSON.stringify(document));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  sendBytes(bytes: Buffer): void {
    this.#socket.send(bytes);
  }

  /** Waits until the core has read everything sent so far. */
  async arrived(): Promise<void> {
    const pong = new Promise<unknown>((resolve) => this.#socket.once('pong', resolve));
    this.#socket.ping();
    await pong;
  }

  /** Closes, and waits until it is closed. */
  async close(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

/** Opens a WebSocket. Rejects with the status as message when it is refused. */
export function openSocket(
  uri: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  options: { readonly autoPong?: boolean } = {},
): Promise<WireSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(uri.replace(/^http/, 'ws') + path, { headers, ...options });
    const wire = new WireSocket(socket);
    socket.once('open', () => resolve(wire));
    socket.once('unexpected-response', (_, response) => reject(new Error(`${response.statusCode}`)));
    socket.once('error', reject);
  });
}

/** Subscribes and connects, again when the core has removed a subscriber that took too long. */
export function subscriber(uri: string, id: string, event: string, timeout = 60): Promise<WireSocket> {
  return eventually(async () => {
    await callJson(uri, 'POST', `/subscriber/${id}/${event}?timeout=${timeout}`);
    return openSocket(uri, `/subscriber/${id}/handle`).catch(() => undefined);
  });
}

/** Asks again and again until the answer is there, for a minute at most. */
export async function eventually<Value>(ask: () => Promise<Value | undefined> | Value | undefined): Promise<Value> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error('It did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
