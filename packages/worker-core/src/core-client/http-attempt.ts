/** One attempt of one request on Node's own client. */
import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TimedOutError } from '../errors.ts';
import type { TlsOptions } from './tls/tls-options.ts';

const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** Gives the body from its beginning, each time it is called. */
export type BodySource = () => AsyncIterable<Uint8Array | string>;

export interface Attempt {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | BodySource;
  readonly agent: Agent | false;
  readonly tls: TlsOptions;
  readonly idleTimeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** `connected` tells whether the other side may have seen something of the request. */
export type AttemptResult =
  | { readonly answer: IncomingMessage }
  | { readonly error: unknown; readonly connected: boolean }
  | { readonly sourceError: unknown };

export function sendRequest(attempt: Attempt): Promise<AttemptResult> {
  return new Promise((resolve) => {
    const request = open(attempt);
    let connected = false;
    let sourceError: { readonly sourceError: unknown } | undefined;
    request.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', () => (connected = true));
      else connected = true;
    });
    request.once('timeout', () => {
      request.destroy(new TimedOutError(`nothing was heard for ${attempt.idleTimeout / 1000} s`));
    });
    request.once('response', (answer) => {
      // A core may refuse before it has read everything; what is left of the body is of no use then.
      answer.once('end', () => request.writableFinished || request.destroy());
      resolve({ answer });
    });
    request.on('error', (error) => resolve(sourceError ?? { error, connected }));
    void sendBody(request, attempt.body, (error) => (sourceError = { sourceError: error }));
  });
}

function open({ method, url, headers, agent, tls, idleTimeout, signal }: Attempt): ClientRequest {
  const options: RequestOptions = { method, headers, agent, timeout: idleTimeout, ...(signal && { signal }) };
  return url.protocol === 'https:' ? https.request(url, { ...options, ...tls }) : http.request(url, options);
}

async function sendBody(
  request: ClientRequest,
  body: string | BodySource | undefined,
  onSourceError: (error: unknown) => void,
): Promise<void> {
  if (body === undefined || typeof body === 'string') {
    request.end(body);
    return;
  }
  try {
    await pipeline(Readable.from(watched(body, onSourceError), { objectMode: false }), request);
  } catch {
    // The request has failed with the same error, and tells its own listener.
  }
}

async function* watched(
  body: BodySource,
  onSourceError: (error: unknown) => void,
): AsyncGenerator<Uint8Array | string, void, undefined> {
  try {
    yield* body();
  } catch (error) {
    onSourceError(error);
    throw error;
  }
}
