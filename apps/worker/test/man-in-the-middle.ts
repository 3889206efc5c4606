import { connect, createServer, type Server } from 'node:tls';
import type { AddressInfo, Socket } from 'node:net';

import { createAuthority, requestCertificate, signRequest, type ServerIdentity } from '@resoto/worker-core';

/** A certificate of a CA with the name of that of a core, and a key of its own. */
export async function impostorIdentity(): Promise<ServerIdentity> {
  const authority = await createAuthority({ O: 'Some Engineering Inc.', CN: 'Resoto Root CA' }, new Date());
  const { csr, key } = await requestCertificate('resotocore');
  return {
    cert: await signRequest(csr, authority, new Date()),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Takes TLS connections in the place of a core, reads along, and passes everything on over TLS. */
export class ManInTheMiddle {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #seen = '';

  private constructor(identity: ServerIdentity, target: () => number) {
    this.#server = createServer(identity, (worker) => {
      const core = connect({ host: '127.0.0.1', port: target(), rejectUnauthorized: false });
      for (const socket of [worker, core]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.once('close', () => {
          this.#sockets.delete(socket);
          worker.destroy();
          core.destroy();
        });
      }
      worker.on('data', (chunk: Buffer) => (this.#seen += chunk.toString('latin1')));
      worker.pipe(core).pipe(worker);
    });
    // Whoever does not like the certificate goes away during the handshake.
    this.#server.on('tlsClientError', () => {});
  }

  static async start(target: () => number): Promise<ManInTheMiddle> {
    const middle = new ManInTheMiddle(await impostorIdentity(), target);
    await new Promise<void>((resolve) => middle.#server.listen(0, '127.0.0.1', resolve));
    return middle;
  }

  get uri(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Everything the worker sent, decrypted. */
  seen(): string {
    return this.#seen;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
