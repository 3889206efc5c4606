/** The certificate a server shows, and whether it is trusted. */
import { errorCode, TimedOutError } from '../errors.ts';

export interface Peer {
  /** Why it is not trusted; undefined when it is. */
  readonly problem: string | undefined;
  readonly validTo: Date;
  /** Hosts it is made for. */
  readonly names: string;
}

const timeout = 5_000;

/**
 * Connects to a server without sending anything.
 *
 * @param ca  PEM that is trusted besides the public roots
 * @throws the error of the connection; TimedOutError
 */
export async function lookAtPeer(uri: string, ca: string | undefined, signal: AbortSignal): Promise<Peer> {
  // Only whoever speaks TLS has to load it.
  const { checkServerIdentity, connect, getCACertificates } = process.getBuiltinModule('node:tls');
  const { hostname, port } = new URL(uri);
  const host = hostname.replace(/^\[|\]$/g, '');
  const options = {
    host,
    port: Number(port || 443),
    ca: [...getCACertificates('default'), ...(ca === undefined ? [] : [ca])],
    rejectUnauthorized: false,
  };
  const isAddress = process.getBuiltinModule('node:net').isIP(host) !== 0;
  const socket = connect({ ...options, ...(isAddress ? {} : { servername: host }) });
  try {
    await new Promise<void>((resolve, reject) => {
      const stop = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', stop, { once: true });
      socket.setTimeout(timeout, () => reject(new TimedOutError(`${uri} did not answer within ${timeout / 1000} s`)));
      socket.once('secureConnect', resolve).once('error', reject);
    });
    const certificate = socket.getPeerCertificate();
    // Not verified while connecting, so that what is wrong can be told.
    const untrusted = socket.authorized ? undefined : String(socket.authorizationError);
    return {
      problem: untrusted ?? errorCode(checkServerIdentity(host, certificate)),
      validTo: new Date(certificate.valid_to),
      names: certificate.subjectaltname ?? String(certificate.subject.CN),
    };
  } finally {
    socket.destroy();
  }
}
