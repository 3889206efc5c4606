/** Frames no core sends. */
import type { JsonObject } from '../../protocol/json.ts';
import { brokenJson } from './broken-json.ts';
import { frameBytes } from './frame.ts';
import { seededRandom, type SeededRandom } from './random.ts';
import type { ScriptedSocket } from './socket.ts';

export interface BrokenFrame {
  /** The WebSocket protocol is broken, so that the connection has to end. */
  readonly ends: boolean;
  /** The message in it; undefined when there is none. */
  readonly text?: string;
  readonly send: (socket: ScriptedSocket) => void;
}

/**
 * Yields frames that are wrong in one way or another; the same seed gives the same ones.
 *
 * @param sample  makes a right message; the number makes its ids unique
 * @param endsEvery  one in so many frames ends the connection
 */
export function* brokenFrames(
  count: number,
  sample: (index: number) => JsonObject,
  { seed, endsEvery = 50 }: { readonly seed: number; readonly endsEvery?: number },
): Generator<BrokenFrame> {
  const random = seededRandom(seed);
  for (let index = 0; index < count; index++) {
    if (random.below(endsEvery) === 0) {
      const send = random.pick(fatal);
      yield { ends: true, send: (socket) => send(socket, sample(index), random) };
    } else {
      const text = brokenJson(sample(index), random);
      // Control characters, half a character and all: as they are.
      const opcode = random.below(20) === 0 ? 2 : 1;
      yield { ends: false, text, send: (socket) => socket.sendBytes(frameBytes(text, { opcode })) };
    }
  }
}

type FatalFrame = (socket: ScriptedSocket, sample: JsonObject, random: SeededRandom) => void;

const bytes = (make: (random: SeededRandom) => Uint8Array): FatalFrame => {
  return (socket, _sample, random) => socket.sendBytes(make(random));
};

const fatal: readonly FatalFrame[] = [
  (socket, sample) => socket.cutInside(sample),
  (socket) => socket.cut(),
  (socket) => socket.close(1011),
  bytes(() => frameBytes(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))),
  bytes(() => frameBytes(Buffer.from('{"a":"\u00e9"}').subarray(0, 7))),
  bytes(() => frameBytes('{}', { reserved: 4 })),
  bytes(() => frameBytes('{}', { opcode: 5 })),
  bytes(() => frameBytes('{}', { opcode: 0 })),
  bytes(() => frameBytes('{}', { masked: true })),
  bytes(() => frameBytes('{}', { claimedLength: 200 * 1024 * 1024 })),
  bytes(() => frameBytes('{}', { claimedLength: Number.MAX_SAFE_INTEGER })),
  bytes(() => frameBytes('x'.repeat(126), { opcode: 9 })),
  bytes(() => frameBytes('', { opcode: 9, last: false })),
  bytes(() => frameBytes('x', { opcode: 8 })),
  bytes(() => frameBytes(Buffer.from([0, 1]), { opcode: 8 })),
  bytes((random) => Buffer.from(Array.from({ length: 64 }, () => 0x70 | random.below(16)))),
];
