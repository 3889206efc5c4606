import type { CertificateRequest } from './certificate-request.ts';
import type { MachineNames } from './machine-names.ts';

/**
 * Makes a key and a request for its certificate, with the names of this machine (protocol 2.1).
 *
 * @param subject  common name
 * @param address  one more address of this machine
 */
export async function requestCertificate(
  subject: string,
  address?: string,
): Promise<CertificateRequest & { readonly names: MachineNames }> {
  // Encoding costs 70 ms and some megabytes, which a worker without TLS does not pay.
  const [{ createRequest }, { machineNames }] = await Promise.all([
    import('./certificate-request.ts'),
    import('./machine-names.ts'),
  ]);
  const names = await machineNames(address);
  return { ...(await createRequest(subject, names)), names };
}
