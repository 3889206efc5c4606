/** Whom a worker would trust to be the core, and whether the core shows itself as such. */
import { coreConnection, type CoreConnectionOptions } from '../core-client/connection.ts';
import { openCertificates, type CertificateOptions } from '../core-client/tls/certificates.ts';
import { logOf } from '../log/log.ts';
import type { LogRecord } from '../log/log-record.ts';
import { failed, remark, type Diagnosis } from './diagnosis.ts';
import { lookAtPeer, type Peer } from './peer.ts';

/** Where the core is, and what is known about certificates. */
export type CoreTrustOptions = Pick<CertificateOptions, 'core' | 'subscriberId' | 'files' | 'verify'>;

const about = 'certificate';
const day = 86_400_000;

/**
 * Yields what is to be said about certificates; nothing for a plain address without files.
 *
 * @returns the core with the trust that was found; undefined when it cannot be trusted
 */
export async function* coreTrust(
  options: CoreTrustOptions,
  signal: AbortSignal,
): AsyncGenerator<Diagnosis, CoreConnectionOptions | undefined> {
  const remarks: LogRecord[] = [];
  const log = logOf((record) => remarks.push(record), 'debug', 'doctor');
  try {
    const certificates = await openCertificates({ ...options, log, patience: 0, signal });
    certificates.close();
    yield* remarks.map((record) => remark(about, record));
    const trust = certificates.trust();
    const core = { ...options.core, tls: () => trust };
    const { secure, uri } = coreConnection(core);
    if (!secure || trust.rejectUnauthorized === false) return core;
    const finding = peerFinding(await lookAtPeer(uri, trust.ca, signal), Date.now());
    yield finding;
    return finding.status === 'fail' ? undefined : core;
  } catch (error) {
    signal.throwIfAborted();
    yield failed(about, error);
    return undefined;
  }
}

function peerFinding({ problem, validTo, names }: Peer, now: number): Diagnosis {
  const until = validTo.toISOString().slice(0, 10);
  if (problem !== undefined) {
    return {
      about,
      status: 'fail',
      what: `the core shows one that is not trusted: ${problem} (it is for ${names}, valid until ${until})`,
      advice:
        'Check the address, give the CA certificate of this core with --ca-cert, or restart the core to renew it.',
    };
  }
  const left = Math.floor((validTo.getTime() - now) / day);
  const what = `that of the core is trusted, valid until ${until}`;
  if (left >= 7) return { about, status: 'ok', what };
  return { about, status: 'warn', what: `${what}, in ${left} days`, advice: 'See that the core renews it.' };
}
