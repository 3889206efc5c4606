/** A WebSocket to the core that comes back by itself (protocol 1.5): the one type for events, actions and tasks. */
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { ConnectionClosedError, errorCode, errorText, ProtocolError, type WorkerError } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import { pause, pauseAfter, retryAfter, type BackOff } from './back-off.ts';
import type { CoreConnection, Query } from './connection.ts';
import { answerFailure, connectionFailure } from './failures.ts';
import { beat, type HeartBeat } from './heart-beat.ts';

/** The core closes the connection on a longer one. */
export const maxFrameLength = 4 * 1024 * 1024;

/** What a core may send at most: the nodes of a tag task are the longest, five with up to 10 MiB each. Longer ones end the connection. */
const maxMessageLength = 64 * 1024 * 1024;

/** Milliseconds a core may ask to be left alone. */
const longestAskedPause = 300_000;

/** Milliseconds and characters of what a refusal may say. */
const refusalTime = 5_000;
const refusalLength = 10_000;

export type SocketState =
  | { readonly is: 'connecting' }
  | { readonly is: 'connected'; readonly epoch: number }
  /** `retryIn` are milliseconds. */
  | { readonly is: 'disconnected'; readonly error: unknown; readonly retryIn: number }
  | { readonly is: 'closed' };

export interface CoreSocketOptions {
  readonly connection: CoreConnection;
  readonly path: string;
  readonly query?: Query;
  /** Runs before each attempt to connect, for instance to subscribe again. When it throws, the attempt has failed. */
  readonly beforeConnect?: (signal: AbortSignal) => Promise<void>;
  /** Called for each message, in order. `epoch` numbers the connections of this socket, from 1. */
  readonly onMessage: (text: string, epoch: number) => void;
  readonly onState?: (state: SocketState) => void;
  /** Gets an entry for each frame. */
  readonly log?: Pick<Logger, 'trace'>;
  readonly backOff?: BackOff;
  readonly heartBeat?: HeartBeat;
}

export class CoreSocket {
  readonly #options: CoreSocketOptions;
  readonly #backOff: BackOff;
  readonly #heartBeat: HeartBeat;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #state: SocketState = { is: 'connecting' };
  #open: WebSocket | undefined;
  #stream: IncomingMessage['socket'] | undefined;
  #gathers = false;
  #epoch = 0;
  #reconnectReason: string | undefined;
  #forgotten = false;

  /** Connects at once and stays connected until `close()`. */
  constructor(options: CoreSocketOptions) {
    this.#options = options;
    this.#backOff = options.backOff ?? { minimum: 250, maximum: 30_000 };
    this.#heartBeat = options.heartBeat ?? { interval: 20_000, timeout: 10_000 };
    this.#running = this.#run();
  }

  get state(): SocketState {
    return this.#state;
  }

  /** Number of the current or last connection; 0 before the first one. */
  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Sends a frame; resolves once it was written to an open socket.
   *
   * @throws ConnectionClosedError when there is none, or it closed meanwhile; ProtocolError `frame_too_long`
   */
  async send(text: string): Promise<void> {
    const socket = this.#open;
    const length = Buffer.byteLength(text);
    if (length > maxFrameLength) {
      throw new ProtocolError(`A message of ${length} bytes is too long for the core`, { code: 'frame_too_long' });
    }
    if (socket === undefined) throw closedError(this.#options, 'no connection is open');
    this.#gather();
    const error = await new Promise<Error | undefined>((resolve) => socket.send(text, resolve));
    if (error !== undefined && error !== null) throw closedError(this.#options, errorText(error));
    if (socket !== this.#open) throw closedError(this.#options, 'it was closed meanwhile');
    this.#trace('frame sent', text);
  }

  /** Drops the connection and makes a new one at once. Nothing happens when there is none. */
  reconnect(reason: string): void {
    if (this.#open === undefined) return;
    this.#reconnectReason = reason;
    this.#open.terminate();
  }

  /** Closes for good; resolves when nothing of the socket is left. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted;) {
      this.#enter({ is: 'connecting' });
      const end = await this.#connection(signal).catch((error: unknown): ConnectionEnd => ({ error }));
      if (signal.aborted) break;
      failures = end.useful === true ? 1 : failures + 1;
      const asked = Math.min(end.askedPause ?? 0, longestAskedPause);
      const retryIn = end.atOnce === true ? 0 : Math.max(asked, pauseAfter(failures, this.#backOff));
      this.#enter({ is: 'disconnected', error: end.error, retryIn });
      await pause(retryIn, signal).catch(() => undefined);
    }
    this.#enter({ is: 'closed' });
  }

  /** What is sent in the same turn is written at once. */
  #gather(): void {
    const stream = this.#stream;
    if (stream === undefined || this.#gathers) return;
    this.#gathers = true;
    stream.cork();
    setImmediate(() => {
      this.#gathers = false;
      stream.uncork();
    });
  }

  /** One connection, from the first attempt to its end. */
  async #connection(signal: AbortSignal): Promise<ConnectionEnd> {
    const { connection, path, query, beforeConnect } = this.#options;
    await beforeConnect?.(signal);
    const [{ WebSocket }, headers] = await Promise.all([import('ws'), connection.authorization()]);
    signal.throwIfAborted();
    this.#reconnectReason = undefined;
    const socket = new WebSocket(connection.socketUrl(path, query), {
      headers,
      perMessageDeflate: false,
      maxPayload: maxMessageLength,
      handshakeTimeout: 30_000,
      ...connection.tls(),
    });
    return this.#lifeOf(socket, signal);
  }

  #lifeOf(socket: WebSocket, signal: AbortSignal): Promise<ConnectionEnd> {
    return new Promise((resolve) => {
      let error: unknown;
      let askedPause: number | undefined;
      let useful = false;
      let stopHeartBeat = (): void => {};
      const onAbort = (): void => closeSoon(socket);
      signal.addEventListener('abort', onAbort, { once: true });
      socket.on('upgrade', ({ socket: stream }) => (this.#stream = stream));
      socket.on('open', () => {
        stopHeartBeat = beat(socket, this.#heartBeat, () => {
          error = closedError(this.#options, 'the core did not answer a ping');
        });
        this.#open = socket;
        this.#epoch += 1;
        this.#enter({ is: 'connected', epoch: this.#epoch });
      });
      socket.on('message', (data) => {
        useful = true;
        const text = textOf(data);
        this.#trace('frame received', text);
        if (socket === this.#open) this.#options.onMessage(text, this.#epoch);
      });
      socket.on('unexpected-response', (request, response) => {
        void refusal(this.#options, response).then((refused) => {
          error = refused;
          askedPause = retryAfter(response.headers['retry-after']);
          request.destroy();
          socket.terminate();
        });
      });
      socket.on('error', (cause) => {
        const { connection } = this.#options;
        const failure = connectionFailure(connection, attempted(this.#options), cause);
        connection.failed(failure);
        error ??= failure;
      });
      socket.on('close', (code, reason) => {
        stopHeartBeat();
        signal.removeEventListener('abort', onAbort);
        if (this.#open === socket) this.#open = undefined;
        error ??= closedError(this.#options, this.#reconnectReason ?? `${code} ${reason.toString()}`.trim());
        resolve({ error, useful, askedPause, atOnce: this.#isAtOnce(error) });
      });
    });
  }

  /** A core that was restarted does not know the subscriptions any more; making them is what comes next anyway. */
  #isAtOnce(error: unknown): boolean {
    const wasForgotten = this.#forgotten;
    this.#forgotten = errorCode(error) === 'core_not_found';
    return this.#reconnectReason !== undefined || (this.#forgotten && !wasForgotten);
  }

  #trace(message: string, { length }: string): void {
    const { log, path } = this.#options;
    log?.trace(message, { path, length });
  }

  #enter(state: SocketState): void {
    this.#state = state;
    this.#options.onState?.(state);
  }
}

interface ConnectionEnd {
  readonly error: unknown;
  /** Something arrived on it, so the next attempt starts with the shortest pause again. */
  readonly useful?: boolean;
  readonly askedPause?: number | undefined;
  readonly atOnce?: boolean;
}

function attempted({ connection, path }: CoreSocketOptions): string {
  return `WebSocket ${connection.socketUrl(path).href}`;
}

function closedError(options: CoreSocketOptions, reason: string): ConnectionClosedError {
  return new ConnectionClosedError(`${attempted(options)}: the connection was closed (${reason})`, {
    facts: { uri: options.connection.uri },
  });
}

function textOf(data: unknown): string {
  return Buffer.isBuffer(data) ? data.toString() : String(data);
}

/** The core, or whatever is there, answered the upgrade with a status instead. */
async function refusal(options: CoreSocketOptions, response: IncomingMessage): Promise<WorkerError> {
  const { statusCode = 0, headers } = response;
  const timer = setTimeout(() => response.destroy(), refusalTime);
  let text = '';
  try {
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length >= refusalLength) break;
    }
  } catch (error) {
    text ||= errorText(error);
  } finally {
    clearTimeout(timer);
  }
  return answerFailure(options.connection, attempted(options), { status: statusCode, headers, text });
}

function closeSoon(socket: WebSocket): void {
  socket.close(1000);
  // A core that hangs must not hold up the end of the worker.
  const timer = setTimeout(() => socket.terminate(), 1_000);
  socket.once('close', () => clearTimeout(timer));
}
