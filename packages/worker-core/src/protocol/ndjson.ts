/** Newline-delimited JSON out of a stream of bytes. */
import { ProtocolError } from '../errors.ts';
import { parseJson, type JsonValue } from './json.ts';

export interface LineLimit {
  /** Bytes of the longest line that is accepted. */
  readonly maxLength: number;
}

/** A core accepts lines of up to 10 MiB (protocol 1.6). */
export const defaultMaxLength = 10 * 1024 * 1024;

/**
 * Yields the lines of a stream, blank ones left out.
 *
 * @throws ProtocolError `line_too_long`
 */
export async function* splitLines(
  source: AsyncIterable<Uint8Array>,
  limit: LineLimit = { maxLength: defaultMaxLength },
): AsyncGenerator<string, void, undefined> {
  for await (const lines of lineBatches(source, limit)) yield* lines;
}

/**
 * Yields the lines of a stream as they arrive, many at a time: for whoever reads hundreds of thousands of them.
 *
 * @throws ProtocolError `line_too_long`
 */
export async function* lineBatches(
  source: AsyncIterable<Uint8Array>,
  { maxLength }: LineLimit = { maxLength: defaultMaxLength },
): AsyncGenerator<string[], void, undefined> {
  let open: Buffer[] = [];
  let openLength = 0;
  for await (const bytes of source) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      if (openLength + end - start > maxLength) throw lineTooLong(maxLength);
      const line = Buffer.concat([...open, chunk.subarray(start, end)]).toString();
      if (line.trim() !== '') lines.push(line);
      open = [];
      openLength = 0;
      start = end + 1;
    }
    if (start < chunk.length) {
      open.push(chunk.subarray(start));
      openLength += chunk.length - start;
      if (openLength > maxLength) throw lineTooLong(maxLength);
    }
    if (lines.length > 0) yield lines;
  }
  const last = Buffer.concat(open).toString();
  if (last.trim() !== '') yield [last];
}

/**
 * Yields the documents of a stream of lines.
 *
 * @throws ProtocolError `broken_json`, `line_too_long`
 */
export async function* parseLines(
  source: AsyncIterable<Uint8Array>,
  limit?: LineLimit,
): AsyncGenerator<JsonValue, void, undefined> {
  for await (const line of splitLines(source, limit)) yield parseLine(line);
}

function parseLine(line: string): JsonValue {
  try {
    return parseJson(line);
  } catch (cause) {
    throw new ProtocolError(`A line is not JSON: ${line.slice(0, 200)}`, { code: 'broken_json', cause });
  }
}

function lineTooLong(maxLength: number): ProtocolError {
  return new ProtocolError(`A line is longer than ${maxLength} bytes`, { code: 'line_too_long' });
}
