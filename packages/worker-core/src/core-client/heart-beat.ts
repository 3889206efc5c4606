/** Finding out that the other side is gone without a word (protocol 1.5). */
import type { WebSocket } from 'ws';

/** Milliseconds. */
export interface HeartBeat {
  readonly interval: number;
  readonly timeout: number;
}

/** Pings regularly and ends the connection when no pong follows. @returns a function that stops it */
export function beat(socket: WebSocket, { interval, timeout }: HeartBeat, onSilence: () => void): () => void {
  let waiting: NodeJS.Timeout | undefined;
  const timer = setInterval(() => {
    socket.ping('ping');
    waiting ??= setTimeout(() => {
      onSilence();
      socket.terminate();
    }, timeout);
  }, interval);
  socket.on('pong', () => {
    clearTimeout(waiting);
    waiting = undefined;
  });
  return () => {
    clearInterval(timer);
    clearTimeout(waiting);
  };
}
