/** TLS of a core: its CA, and a certificate for the host it runs on. */
import { createServer, type Server } from 'node:https';
import { requestCertificate, type GenerationNames, type Logger } from '@resoto/worker-core';
import type { Database } from '../database.ts';
import { openAuthority, type Authority } from './authority.ts';

export interface CoreTlsOptions {
  readonly database: Database;
  readonly names: GenerationNames;
  /** Address the core listens on. */
  readonly host: string;
  readonly log: Logger;
}

export interface CoreTls {
  readonly authority: Authority;
  /** Shows a certificate of the CA. */
  readonly server: Server;
  close(): void;
}

/** Milliseconds after which the host gets a new certificate; it is valid for a year. */
const renewEvery = 20 * 24 * 60 * 60 * 1000;

export async function openTls({ database, names, host, log }: CoreTlsOptions): Promise<CoreTls> {
  const authority = await openAuthority(database, names);
  const identity = () => hostIdentity(authority, names, host);
  const server = createServer(await identity());
  const timer = setInterval(() => {
    identity().then(
      (renewed) => server.setSecureContext(renewed),
      (error: unknown) => log.error('the certificate of the host cannot be renewed', { error }),
    );
  }, renewEvery);
  timer.unref();
  return { authority, server, close: () => clearInterval(timer) };
}

async function hostIdentity(authority: Authority, { coreSubscriberId }: GenerationNames, host: string) {
  const { csr, key } = await requestCertificate(coreSubscriberId, host);
  return { cert: await authority.sign(csr), key: key.export({ type: 'pkcs8', format: 'pem' }) };
}
