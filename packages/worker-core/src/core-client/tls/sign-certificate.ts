/** A certificate of its own for this worker, signed by the core (protocol 2.1). */
import { X509Certificate } from 'node:crypto';
import { ConfigError, errorCode, errorText, ProtocolError } from '../../errors.ts';
import type { CoreHttp } from '../http.ts';
import type { MachineNames } from './machine-names.ts';
import { requireValid } from './pem.ts';
import { readPemAnswer } from './pem-answer.ts';
import { requestCertificate } from './request-certificate.ts';
import type { ServerIdentity } from './server-identity.ts';

export interface SignOptions {
  readonly http: CoreHttp;
  readonly subscriberId: string;
  readonly now: () => Date;
  /** Milliseconds an unreachable core is waited for. */
  readonly patience?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a key and has the core sign a certificate for it. The key never leaves the memory of this process.
 *
 * @throws ConfigError `core_cannot_sign` when the core has no CA that could; ProtocolError `wrong_certificate` when it signed
 *   something else, `not_a_core`; ConfigError `certificate_expired`, `certificate_not_yet_valid`; as `CoreHttp.send`
 */
export async function signedIdentity({
  http,
  subscriberId,
  now,
  patience,
  signal,
}: SignOptions): Promise<ServerIdentity> {
  const { csr, key, names } = await requestCertificate(subscriberId);
  const cert = await sign(http, csr, patience, signal);
  const certificate = new X509Certificate(cert);
  if (!certificate.checkPrivateKey(key)) throw wrongCertificate(http, 'it was made for another key');
  requireNames(http, certificate, subscriberId, names);
  requireValid(certificate, `The certificate the core at ${http.connection.uri} has signed`, now(), clockHint);
  return { cert, key: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

const clockHint = 'Compare the clocks of worker and core.';

async function sign(http: CoreHttp, csr: string, patience?: number, signal?: AbortSignal): Promise<string> {
  try {
    const answer = await http.send({
      method: 'POST',
      path: '/ca/sign',
      body: csr,
      contentType: 'application/x-pem-file',
      patience,
      signal,
    });
    return await readPemAnswer(http.connection, answer);
  } catch (error) {
    if (errorCode(error) !== 'core_refused') throw error;
    throw new ConfigError(`The core signs no certificate for this worker. ${errorText(error)}`, {
      code: 'core_cannot_sign',
      hint:
        'A core whose CA is external cannot. Give a certificate with --cert and --cert-key, ' +
        'or let the web server do without TLS: resotoworker.no_tls=true.',
      facts: { uri: http.connection.uri },
      cause: error,
    });
  }
}

function requireNames(http: CoreHttp, certificate: X509Certificate, subject: string, { dns, ip }: MachineNames): void {
  if (certificate.toLegacyObject().subject.CN !== subject) throw wrongCertificate(http, 'it has another subject');
  const missing = [
    ...dns.filter((name) => certificate.checkHost(name, { subject: 'never' }) === undefined),
    ...ip.filter((address) => certificate.checkIP(address) === undefined),
  ];
  if (missing.length > 0) throw wrongCertificate(http, `it lacks the names ${missing.join(', ')}`);
}

function wrongCertificate({ connection }: CoreHttp, why: string): ProtocolError {
  return new ProtocolError(
    `The core at ${connection.uri} has signed another certificate than it was asked for: ${why}`,
    {
      code: 'wrong_certificate',
      hint: 'Look for a proxy between worker and core, or give a certificate with --cert and --cert-key.',
      facts: { uri: connection.uri },
    },
  );
}
