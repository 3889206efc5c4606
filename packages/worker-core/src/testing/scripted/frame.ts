/** WebSocket frames as bytes (RFC 6455, 5.2), for what no library would send. */

export interface RawFrame {
  /** 1 is text, 2 binary, 8 close, 9 ping, 10 pong; others mean nothing. Default: text. */
  readonly opcode?: number;
  /** False: more frames of the same message are to come. */
  readonly last?: boolean;
  /** Bits of extensions nobody agreed on. */
  readonly reserved?: number;
  /** A server must not mask its frames. */
  readonly masked?: boolean;
  /** What the head claims, when that is not the length of the payload. */
  readonly claimedLength?: number;
}

export function frameBytes(payload: string | Uint8Array, frame: RawFrame = {}): Buffer {
  const { opcode = 1, last = true, reserved = 0, masked = false, claimedLength } = frame;
  const bytes = Buffer.from(payload);
  const length = claimedLength ?? bytes.length;
  const first = (last ? 0x80 : 0) | ((reserved & 7) << 4) | (opcode & 15);
  const mask = masked ? Buffer.from([0, 0, 0, 0]) : Buffer.alloc(0);
  return Buffer.concat([Buffer.from([first]), lengthBytes(length, masked), mask, bytes]);
}

function lengthBytes(length: number, masked: boolean): Buffer {
  const bit = masked ? 0x80 : 0;
  if (length < 126) return Buffer.from([bit | length]);
  if (length < 65_536) {
    const bytes = Buffer.from([bit | 126, 0, 0]);
    bytes.writeUInt16BE(length, 1);
    return bytes;
  }
  const bytes = Buffer.alloc(9);
  bytes[0] = bit | 127;
  bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}
