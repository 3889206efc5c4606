/** Answers and how they are written: as they are, or compressed for who takes that. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** Bytes below which compressing gains nothing. */
const worthCompressing = 1_000;

const headersOfAll: OutgoingHttpHeaders = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  // Nothing but what this server has itself, and no script at all.
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

export function textAnswer(status: number, body: string, headers: OutgoingHttpHeaders = {}): Answer {
  return { status, type: 'text/plain; charset=utf-8', body, headers };
}

export async function writeAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const plain = Buffer.from(answer.body);
  const isLong = plain.length >= worthCompressing;
  const isCompressed = isLong && takesGzip(request.headers['accept-encoding']);
  const body = isCompressed ? await promisify(gzip)(plain) : plain;
  response.writeHead(answer.status, {
    ...headersOfAll,
    'Content-Type': answer.type,
    'Content-Length': body.length,
    ...(isLong && { Vary: 'Accept-Encoding' }),
    ...(isCompressed && { 'Content-Encoding': 'gzip' }),
    // What comes in the body of a request is not read.
    ...(hasBody(request) && { Connection: 'close' }),
    ...answer.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** Reads `Accept-Encoding`: gzip or anything, unless its weight is zero. */
function takesGzip(header: string | string[] | undefined): boolean {
  const weights = new Map<string, number>();
  for (const entry of String(header ?? '').split(',')) {
    const [coding = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    weights.set(coding, Number(weight));
  }
  return (weights.get('gzip') ?? weights.get('x-gzip') ?? weights.get('*') ?? 0) > 0;
}
