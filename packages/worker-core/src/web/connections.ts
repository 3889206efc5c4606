import type { Server, Socket } from 'node:net';

/**
 * Keeps the number of connections of a server small. One too many closes the oldest instead of being refused: so whoever opens
 * connections and says nothing on them does not lock probes out, and cannot use up the files of the process.
 */
export class Connections {
  readonly #open = new Set<Socket>();

  constructor(server: Server, atMost: number) {
    server.on('connection', (socket: Socket) => {
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
      const [oldest] = this.#open;
      if (this.#open.size > atMost) oldest?.destroy();
    });
  }

  /** Closes all of them at once. */
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
