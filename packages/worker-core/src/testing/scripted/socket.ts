/** One WebSocket connection, seen from a scripted core. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { stringifyJson, type JsonValue } from '../../protocol/json.ts';
import { frameBytes } from './frame.ts';

/** The connection of a client, from the side of the core. */
export interface ScriptedSocket {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  /** What the worker sent on it, parsed. */
  readonly received: JsonValue[];
  readonly isOpen: boolean;
  /** Number of pings that came. */
  readonly pings: number;
  /** Sends a message, a text as it is. */
  send(message: unknown): void;
  /** Writes bytes past everything that makes frames of them: see `frameBytes`. */
  sendBytes(bytes: Uint8Array): void;
  /** Drops the connection without a word. */
  cut(): void;
  /** Drops the connection in the middle of a message. */
  cutInside(message: unknown): void;
  close(code: number): void;
  /** Stops reading and answering, as a core does that hangs. */
  freeze(): void;
}

export function scriptedSocket(
  socket: WebSocket,
  stream: Duplex,
  url: URL,
  headers: IncomingMessage['headers'],
): ScriptedSocket {
  let pings = 0;
  socket.on('ping', () => (pings += 1));
  return {
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers,
    received: [],
    get isOpen() {
      return socket.readyState === socket.OPEN;
    },
    get pings() {
      return pings;
    },
    send: (message) => socket.send(textOf(message)),
    sendBytes: (bytes) => void (stream.writable && stream.write(bytes)),
    cut: () => socket.terminate(),
    cutInside(message) {
      const bytes = frameBytes(textOf(message));
      stream.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => stream.destroy());
    },
    close: (code) => socket.close(code),
    freeze: () => socket.pause(),
  };
}

function textOf(message: unknown): string {
  return `${typeof message === 'string' ? message : stringifyJson(message)}\n`;
}
