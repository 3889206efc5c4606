import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createDeflate, createGzip } from 'node:zlib';
import { stringifyJson } from '@resoto/worker-core';
import type { Answer, AnswerPart } from './answer.ts';
import { isNdjson } from './body.ts';

type StreamFormat = 'array' | 'ndjson' | 'text';

/**
 * Writes an answer in the format and encoding the client accepts. The first item of a stream is fetched before the head
 * is written, so that a failure up to there can still be answered as an error; a later one cuts the body.
 */
export async function writeAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const { status = 200, headers = {}, body } = answer;
  switch (body?.kind) {
    case undefined:
      response.writeHead(status, headers).end();
      return;
    case 'text':
      writeText(response, status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body.text);
      return;
    case 'json':
      writeText(response, status, { 'Content-Type': 'application/json', ...headers }, stringifyJson(body.value));
      return;
    case 'stream': {
      const format = acceptedFormat(request);
      const chunks = await startedChunks(formatted(body.items, format));
      await writeChunks(request, response, status, { 'Content-Type': contentType(format), ...headers }, chunks);
      return;
    }
    case 'parts': {
      const format = acceptedFormat(request);
      const boundary = randomUUID();
      const chunks = await startedChunks(multipart(body.parts, format, boundary));
      const type = `multipart/mixed;boundary=${boundary}`;
      await writeChunks(request, response, status, { 'Content-Type': type, ...headers }, chunks);
      return;
    }
  }
}

function writeText(response: ServerResponse, status: number, headers: Record<string, string>, text: string): void {
  const bytes = Buffer.from(text);
  response.writeHead(status, { ...headers, 'Content-Length': String(bytes.length) }).end(bytes);
}

async function writeChunks(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  chunks: AsyncIterable<string>,
): Promise<void> {
  const encoding = acceptedEncoding(request);
  response.writeHead(status, encoding === undefined ? headers : { ...headers, 'Content-Encoding': encoding });
  if (encoding === undefined) await pipeline(chunks, response);
  else await pipeline(chunks, encoding === 'gzip' ? createGzip({ level: 1 }) : createDeflate({ level: 1 }), response);
}

/** Runs the source up to its first chunk, so that early failures surface here. */
async function startedChunks(source: AsyncGenerator<string>): Promise<AsyncGenerator<string>> {
  const first = await source.next();
  return (async function* rest() {
    if (first.done === true) return;
    yield first.value;
    yield* source;
  })();
}

async function* formatted(
  items: AsyncIterable<unknown> | Iterable<unknown>,
  format: StreamFormat,
): AsyncGenerator<string> {
  let count = 0;
  for await (const item of items) {
    if (format === 'array') yield (count === 0 ? '[' : ',\n') + stringifyJson(item);
    else if (format === 'text' && typeof item === 'string') yield `${item}\n`;
    else yield `${stringifyJson(item)}\n`;
    count += 1;
  }
  if (format === 'array') yield count === 0 ? '[]' : ']';
}

async function* multipart(parts: Iterable<AnswerPart>, format: StreamFormat, boundary: string): AsyncGenerator<string> {
  for (const part of parts) {
    yield `--${boundary}\r\nContent-Type: ${contentType(format)}\r\n\r\n`;
    yield* formatted(part, format);
    yield '\r\n';
  }
  yield `--${boundary}--\r\n`;
}

function acceptedFormat(request: IncomingMessage): StreamFormat {
  for (const type of acceptedTypes(request)) {
    if (isNdjson(type)) return 'ndjson';
    if (type === 'text/plain') return 'text';
    if (type === 'application/json' || type === '*/*') return 'array';
  }
  return 'array';
}

function contentType(format: StreamFormat): string {
  if (format === 'ndjson') return 'application/x-ndjson';
  return format === 'text' ? 'text/plain; charset=utf-8' : 'application/json';
}

function acceptedTypes(request: IncomingMessage): string[] {
  return (request.headers.accept ?? '').split(',').map((type) => type.split(';', 1)[0]?.trim().toLowerCase() ?? '');
}

function acceptedEncoding(request: IncomingMessage): 'gzip' | 'deflate' | undefined {
  const header = request.headers['accept-encoding'];
  const accepted = (Array.isArray(header) ? header.join(',') : (header ?? ''))
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => !/;\s*q=0(\.0*)?$/.test(entry))
    .map((entry) => entry.split(';', 1)[0]);
  if (accepted.includes('gzip')) return 'gzip';
  return accepted.includes('deflate') ? 'deflate' : undefined;
}
