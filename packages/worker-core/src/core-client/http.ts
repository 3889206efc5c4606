/** Requests to a core: fresh token per attempt, kept connections, retries of what passes by itself, streams both ways. */
import type { Agent, IncomingMessage } from 'node:http';
import { errorCode, errorText, ProtocolError, TimedOutError, type WorkerError } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import { parseJson, type JsonValue } from '../protocol/json.ts';
import { cut } from '../protocol/messages.ts';
import { defaultMaxLength, parseLines } from '../protocol/ndjson.ts';
import { pause, pauseAfter, retryAfter, type BackOff } from './back-off.ts';
import type { CoreConnection, Query } from './connection.ts';
import { answerFailure, connectionFailure, isLasting, isPage, noCore, passingStatuses } from './failures.ts';
import { longestTimer } from '../time-limit.ts';
import { sendRequest, type BodySource } from './http-attempt.ts';

// A static import of node:http would load the runtime's whole fetch implementation with it: 30 ms and 14 MB.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

export interface CoreRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** A factory is called for each attempt, so that a retry starts from the beginning. */
  readonly body?: string | BodySource;
  readonly contentType?: string;
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds during which failures that may pass are retried, counted from the first one. Default: 1 minute. */
  readonly patience?: number | undefined;
  /** Milliseconds without a byte in either direction until the attempt counts as failed. Default: 1 minute. */
  readonly idleTimeout?: number;
  /** False: after a connection was made, a lost one is not tried again, because the request may have had its effect. */
  readonly repeatable?: boolean;
  /** False: without token and without asking who the other side is. */
  readonly trusted?: boolean;
  /** Tells whether a failed answer, otherwise final, passes by itself. */
  readonly passes?: (status: number, text: string) => boolean;
}

/** An answer with a status below 400. Its body has to be read or destroyed. */
export interface CoreAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: IncomingMessage;
  /** `GET http://core:8900/config/a`, for messages. */
  readonly attempted: string;
  /** Milliseconds without a byte that end it. */
  readonly idleTimeout: number;
  readonly signal: AbortSignal | undefined;
}

export interface CoreHttpOptions {
  readonly connection: CoreConnection;
  readonly backOff?: BackOff;
  /** Gets an entry for each attempt. */
  readonly log?: Pick<Logger, 'debug'> | undefined;
}

export class CoreHttp {
  readonly connection: CoreConnection;
  readonly #backOff: BackOff;
  readonly #log: CoreHttpOptions['log'];
  readonly #agent: Agent;

  constructor({ connection, backOff = { minimum: 250, maximum: 10_000 }, log }: CoreHttpOptions) {
    this.connection = connection;
    this.#backOff = backOff;
    this.#log = log;
    this.#agent = connection.secure ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  }

  /**
   * Sends a request and waits for the head of its answer. Retried are lost connections, 401 once, 408, 429, 502, 503 and 504,
   * with growing pauses and as the core asks by `Retry-After`.
   *
   * @throws CoreError when the core refuses or fails; ConnectionClosedError `core_unreachable`, `core_untrusted`,
   *   `connection_closed` …; TimedOutError; whatever the body source throws; the reason of an aborted signal
   */
  async send(request: CoreRequest): Promise<CoreAnswer> {
    const { signal, patience = 60_000 } = request;
    let firstFailure: number | undefined;
    let refusedTokens = 0;
    for (let failures = 1; ; failures++) {
      signal?.throwIfAborted();
      const outcome = await this.#timed(request);
      if ('answer' in outcome) return outcome.answer;
      signal?.throwIfAborted();
      if (outcome.status === 401 && outcome.hadToken === true && ++refusedTokens === 1) continue;
      if (!outcome.passes) throw outcome.error;
      firstFailure ??= performance.now();
      const wait = Math.max(outcome.retryAfter ?? 0, pauseAfter(failures, this.#backOff));
      if (performance.now() + wait > firstFailure + patience) throw outcome.error;
      await pause(wait, signal);
    }
  }

  /** The body of an answer as text. */
  async text(request: CoreRequest): Promise<string> {
    const answer = await this.send(request);
    return this.#read(answer);
  }

  /** The body of an answer as JSON. */
  async json(request: CoreRequest): Promise<{ readonly value: JsonValue; readonly headers: CoreAnswer['headers'] }> {
    const answer = await this.send({ accept: 'application/json', ...request });
    const text = await this.#read(answer);
    const { headers, attempted } = answer;
    try {
      return { value: parseJson(text), headers };
    } catch (cause) {
      if (headers['content-type']?.includes('json') !== true) throw noCore(this.connection, attempted, headers);
      throw brokenJson(attempted, text, cause);
    }
  }

  /**
   * The documents of an answer as they arrive. A connection lost on the way ends with an error: rows that were not sent never
   * look like rows that do not exist.
   */
  async *rows(request: CoreRequest): AsyncGenerator<JsonValue, void, undefined> {
    const answer = await this.send({ accept: 'application/x-ndjson', ...request });
    const type = answer.headers['content-type'];
    try {
      if (type !== undefined && !type.includes('json')) throw noCore(this.connection, answer.attempted, answer.headers);
      yield* parseLines(this.#chunks(answer), { maxLength: 16 * defaultMaxLength });
    } catch (error) {
      throw rowFailure(answer.attempted, error);
    } finally {
      answer.body.destroy();
    }
  }

  /** Closes the kept connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #timed(request: CoreRequest): Promise<Outcome> {
    const started = performance.now();
    const outcome = await this.#attempt(request);
    const { method, path } = request;
    const end =
      'answer' in outcome
        ? { status: outcome.answer.status }
        : { status: outcome.status, error: errorText(outcome.error) };
    this.#log?.debug('request to the core', { method, path, ...end, ms: Math.round(performance.now() - started) });
    return outcome;
  }

  async #attempt(request: CoreRequest): Promise<Outcome> {
    const { connection } = this;
    const { trusted = true, idleTimeout = 60_000, signal } = request;
    const attempted = `${request.method} ${connection.uri}${request.path}`;
    // The token comes first: making it takes a moment, in which the request must not already be under way.
    const authorization = trusted ? await connection.authorization() : {};
    const sent = await sendRequest({
      ...request,
      url: connection.httpUrl(request.path, request.query),
      headers: headersOf(request, authorization),
      agent: request.repeatable === false ? false : this.#agent,
      tls: trusted ? connection.tls() : { rejectUnauthorized: false },
      idleTimeout,
    });
    if ('sourceError' in sent) return { error: sent.sourceError, passes: false };
    if ('error' in sent) {
      const error = failedAttempt(connection, attempted, sent.error);
      connection.failed(error);
      return { error, passes: !isLasting(error) && (request.repeatable !== false || !sent.connected) };
    }
    const { statusCode: status = 0, headers } = sent.answer;
    const answer = { status, headers, body: sent.answer, attempted, idleTimeout, signal };
    if (status >= 200 && status < 300) {
      if (!isPage(headers)) return { answer };
      answer.body.destroy();
      return { error: noCore(connection, attempted, headers), passes: false };
    }
    const text = await this.#beginning(answer).catch(errorText);
    return {
      error: answerFailure(connection, attempted, { status, headers, text }),
      status,
      hadToken: 'Authorization' in authorization,
      passes: passingStatuses.has(status) || request.passes?.(status, text) === true,
      retryAfter: retryAfter(headers['retry-after']),
    };
  }

  async #read(answer: CoreAnswer): Promise<string> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of this.#timelyChunks(answer)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxAnswerLength) throw answerTooLong(answer.attempted);
    }
    return Buffer.concat(chunks).toString();
  }

  /** What a failure says. Nobody reads more of it, and it may have no end. */
  async #beginning(answer: CoreAnswer): Promise<string> {
    let text = '';
    for await (const chunk of this.#timelyChunks(answer)) {
      text += Buffer.from(chunk).toString();
      if (text.length >= maxFailureLength) break;
    }
    return text;
  }

  /** Of an answer that is read as a whole: one that drips would never end. */
  async *#timelyChunks(answer: CoreAnswer): AsyncGenerator<Uint8Array, void, undefined> {
    const late = (): void => void answer.body.destroy(new TimedOutError('the answer does not come to its end'));
    const timer = setTimeout(late, Math.min(idleTimeoutsPerAnswer * answer.idleTimeout, longestTimer));
    try {
      yield* this.#chunks(answer);
    } finally {
      clearTimeout(timer);
    }
  }

  async *#chunks({ body, attempted, signal }: CoreAnswer): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of body) yield chunk as Uint8Array;
    } catch (error) {
      signal?.throwIfAborted();
      throw failedAttempt(this.connection, attempted, error);
    }
  }
}

type Outcome =
  | { readonly answer: CoreAnswer }
  | {
      readonly error: unknown;
      readonly passes: boolean;
      readonly status?: number;
      readonly hadToken?: boolean;
      readonly retryAfter?: number | undefined;
    };

/** How much longer an answer that is read as a whole may take than a silence in it. */
const idleTimeoutsPerAnswer = 10;

/** Bytes of the longest answer that is read as a whole: longer ones come in rows. */
const maxAnswerLength = 64 * 1024 * 1024;

const maxFailureLength = 10_000;

function answerTooLong(attempted: string): ProtocolError {
  return new ProtocolError(`${attempted} was answered with more than ${maxAnswerLength} bytes`, {
    code: 'answer_too_long',
  });
}

/** What is wrong with a row, and of which answer it is one. */
function rowFailure(attempted: string, error: unknown): unknown {
  const code = errorCode(error);
  if (code !== 'broken_json' && code !== 'line_too_long') return error;
  return new ProtocolError(`${attempted}: ${errorText(error)}`, { code, cause: error });
}

function brokenJson(attempted: string, text: string, cause: unknown): ProtocolError {
  return new ProtocolError(`${attempted} was answered with broken JSON: ${cut(text, 200)}`, {
    code: 'broken_json',
    cause,
  });
}

function headersOf(request: CoreRequest, authorization: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...(request.accept === undefined ? {} : { Accept: request.accept }),
    ...(request.contentType === undefined ? {} : { 'Content-Type': request.contentType }),
    ...request.headers,
    ...authorization,
  };
}

function failedAttempt(connection: CoreConnection, attempted: string, error: unknown): WorkerError {
  if (errorCode(error) !== 'timed_out') return connectionFailure(connection, attempted, error);
  return new TimedOutError(`${attempted}: no answer of the core in time`, {
    hint: 'The core is overloaded or hangs. Look into its log.',
    facts: { uri: connection.uri },
    cause: error,
  });
}
