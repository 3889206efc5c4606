import { connect, createServer, type Server } from 'node:tls';
import type { AddressInfo, Socket } from 'node:net';

import { createAuthority, requestCertificate, signRequest, type ServerIdentity } from '@resoto/worker-core';

/** A CA with the name of that of a core, and a key of its own. */
async function impostor(): Promise<{ readonly ca: string; readonly identity: ServerIdentity }> {
  const authority = await createAuthority({ O: 'Some Engineering Inc.', CN: 'Resoto Root CA' }, new Date());
  const { csr, key } = await requestCertificate('resotocore');
  const cert = await signRequest(csr, authority, new Date());
  const identity = { cert, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
  return { ca: authority.certificate, identity };
}

/** Takes TLS connections in the place of a core, reads along, and passes everything on over TLS. */
export class ManInTheMiddle {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #seen = '';

  /** PEM of the CA that has signed what it shows. */
  readonly ca: string;

  private constructor(ca: string, identity: ServerIdentity, target: () => number) {
    this.ca = ca;
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
    const { ca, identity } = await impostor();
    const middle = new ManInTheMiddle(ca, identity, target);
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
