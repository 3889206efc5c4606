import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { parseJson, parseLines, type JsonValue } from '@resoto/worker-core';
import { isJsonArray } from '../json.ts';
import { badRequest, RequestError } from './request-error.ts';

/** Largest body of an endpoint that does not stream (protocol 1.6). */
const MAX_BODY = 5 * 1024 * 1024;

const MAX_LINE = 2 * MAX_BODY;
const NEWLINE = 0x0a;

/** The media type of a request without its parameters, lower case. */
export function mediaType(message: IncomingMessage): string {
  return (message.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

export function isNdjson(type: string): boolean {
  return type === 'application/x-ndjson' || type === 'application/ndjson';
}

/** Reads a JSON body. Throws a RequestError 406 for another content type, 413 when too large, 400 when it is no JSON. */
export async function readJson(message: IncomingMessage): Promise<JsonValue> {
  if (mediaType(message) !== 'application/json') throw new RequestError(406, 'not_acceptable', 'Only support json');
  return parseBody(await readText(message));
}

export async function readText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bodyChunks(message)) {
    size += chunk.length;
    if (size > MAX_BODY) throw tooLarge(`The body exceeds ${MAX_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Yields a streamed body as it arrives. Throws when the client goes away, when it sends nothing for `idle` milliseconds,
 * and when a line is longer than the protocol allows.
 */
export async function* readStream(message: IncomingMessage, idle: number): AsyncGenerator<Buffer> {
  let line = 0;
  for await (const chunk of bodyChunks(message, idle)) {
    const first = chunk.indexOf(NEWLINE);
    line += first === -1 ? chunk.length : first;
    if (line > MAX_LINE) throw tooLarge(`A line exceeds ${MAX_LINE} bytes`);
    if (first !== -1) line = chunk.length - chunk.lastIndexOf(NEWLINE) - 1;
    yield chunk;
  }
}

/** Yields the JSON documents of a body: the lines of NDJSON, the elements of a JSON array, or a single document. */
export async function* readDocuments(message: IncomingMessage, idle: number): AsyncGenerator<JsonValue> {
  if (isNdjson(mediaType(message))) {
    yield* parseLines(readStream(message, idle));
    return;
  }
  const value = await readJson(message);
  if (isJsonArray(value)) yield* value;
  else yield value;
}

function parseBody(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (error) {
    throw badRequest(`The body is not JSON: ${String(error)}`, 'json_decode_error', error);
  }
}

async function* bodyChunks(message: IncomingMessage, idle?: number): AsyncGenerator<Buffer> {
  const body = decompressed(message);
  // The message must outlive this loop: destroying it would cut the connection before the answer is written.
  const chunks = body.iterator({ destroyOnReturn: false });
  try {
    for (;;) {
      const next = await (idle === undefined ? chunks.next() : within(chunks.next(), idle));
      if (next.done === true) return;
      const chunk: unknown = next.value;
      if (chunk instanceof Uint8Array) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    }
  } finally {
    if (body !== message) body.destroy();
  }
}

async function within<Value>(value: Promise<Value>, limit: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(badRequest(`The client sent nothing for ${limit} ms`, 'import_aborted')), limit);
  });
  try {
    return await Promise.race([value, silence]);
  } finally {
    clearTimeout(timer);
  }
}

function decompressed(message: IncomingMessage): Readable {
  const encoding = (message.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return message;
  if (encoding !== 'gzip' && encoding !== 'deflate') throw badRequest(`Content-Encoding ${encoding} is not supported`);
  const decoder = encoding === 'gzip' ? createGunzip() : createInflate();
  // pipe() ends the decoder with the message but does not tell it about a lost connection.
  message.once('close', () => {
    if (!message.complete) decoder.destroy(badRequest('The client went away', 'connection_lost'));
  });
  return message.pipe(decoder);
}

function tooLarge(message: string): RequestError {
  return new RequestError(413, 'request_entity_too_large', message);
}
