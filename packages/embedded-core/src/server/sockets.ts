import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { parseJson, stringifyJson, type JsonValue } from '@resoto/worker-core';
import { WebSocketServer, type WebSocket } from 'ws';
import type { RouteRequest } from './router.ts';

const MAX_FRAME = 4 * 1024 * 1024;

/** An open WebSocket as the rest of the core sees it: JSON documents go out, the connection can be closed. */
export interface FrameSocket {
  send(document: unknown): void;
  close(): void;
}

/** What one connection does. Made before the upgrade, so that it can still be refused with a status. */
export interface SocketSession {
  opened(socket: FrameSocket): void;
  /** Whatever this throws closes the connection (protocol 1.5). */
  received(document: JsonValue): void;
  closed(): void;
}

export type SocketHandler = (request: RouteRequest) => SocketSession;

export interface SocketTimers {
  readonly pingEvery: number;
  readonly pongWithin: number;
}

export interface Upgrade {
  readonly message: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
}

export function socketServer(): WebSocketServer {
  return new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME, perMessageDeflate: true });
}

export function acceptSocket(
  server: WebSocketServer,
  upgrade: Upgrade,
  session: SocketSession,
  timers: SocketTimers,
): void {
  server.handleUpgrade(upgrade.message, upgrade.socket, upgrade.head, (client) => {
    const stopPings = keepAlive(client, timers);
    client.on('message', (data, isBinary) => {
      if (isBinary) return;
      const text = frameText(data);
      if (text.trim() === '') return;
      try {
        session.received(parseJson(text));
      } catch {
        // The protocol sends no error text for a bad frame; closing is the answer.
        client.close();
      }
    });
    // ws reports an oversized or malformed frame here and closes with the fitting code by itself.
    client.on('error', () => {});
    client.once('close', () => {
      stopPings();
      session.closed();
    });
    session.opened({
      send: (document) => client.send(`${stringifyJson(document)}\n`),
      close: () => client.close(),
    });
  });
}

/** Pings, and cuts a connection whose other side no longer answers. */
function keepAlive(client: WebSocket, timers: SocketTimers): () => void {
  let overdue: NodeJS.Timeout | undefined;
  const pings = setInterval(() => {
    client.ping();
    overdue ??= setTimeout(() => client.terminate(), timers.pongWithin);
  }, timers.pingEvery);
  client.on('pong', () => {
    clearTimeout(overdue);
    overdue = undefined;
  });
  return () => {
    clearInterval(pings);
    clearTimeout(overdue);
  };
}

function frameText(data: WebSocket.RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return Buffer.isBuffer(data) ? data.toString('utf8') : Buffer.from(data).toString('utf8');
}
