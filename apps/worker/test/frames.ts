/** A frame of a WebSocket as it was on the wire. */
export interface WireFrame {
  readonly bytes: Buffer;
  /** Its text; undefined for anything but a whole text message. */
  readonly text: string | undefined;
}

const text = 1;
const final = 0x80;
const masked = 0x80;

/** Cuts the bytes of one direction of a WebSocket into frames (RFC 6455). */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  read(chunk: Buffer): WireFrame[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: WireFrame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): WireFrame | undefined {
    const bytes = this.#rest;
    if (bytes.length < 2) return undefined;
    const [first = 0, second = 0] = bytes;
    const short = second & 0x7f;
    const lengthSize = short === 126 ? 2 : short === 127 ? 8 : 0;
    const maskSize = (second & masked) === 0 ? 0 : 4;
    const start = 2 + lengthSize + maskSize;
    if (bytes.length < start) return undefined;
    const length =
      lengthSize === 0 ? short : lengthSize === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if (bytes.length < start + length) return undefined;
    this.#rest = bytes.subarray(start + length);
    const mask = bytes.subarray(start - maskSize, start);
    const payload = Buffer.from(bytes.subarray(start, start + length));
    for (let index = 0; maskSize > 0 && index < length; index++)
      payload[index] = (payload[index] ?? 0) ^ (mask[index % 4] ?? 0);
    const isText = first === (final | text);
    return { bytes: bytes.subarray(0, start + length), text: isText ? payload.toString() : undefined };
  }
}
