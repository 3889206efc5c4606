import {
  openCertificates,
  type CertificateOptions,
  type Certificates,
  type CoreConnectionOptions,
} from '@resoto/worker-core';

import type { OptionValues } from './arguments.ts';

/** What the options say about the core and about certificates. Passphrase and key are secrets. */
export function certificateOptions(options: OptionValues) {
  return {
    core: { uri: options.text(options.program.names.coreUriOption) ?? '', psk: options.text('psk') },
    subscriberId: options.text('subscriber-id') ?? options.program.names.subscriberId,
    files: {
      caCert: options.text('ca-cert'),
      cert: options.text('cert'),
      certKey: options.text('cert-key'),
      certKeyPass: options.text('cert-key-pass'),
    },
    verify: !options.flag('no-verify-certs'),
  } satisfies Partial<CertificateOptions>;
}

/**
 * Does work at the core the options name, trusting whom they say.
 *
 * @throws as `openCertificates`; whatever the work throws
 */
export async function withCore<Result>(
  options: OptionValues,
  access: Pick<CertificateOptions, 'log' | 'patience' | 'signal'>,
  work: (core: CoreConnectionOptions, certificates: Certificates) => Promise<Result>,
): Promise<Result> {
  const asked = certificateOptions(options);
  const certificates = await openCertificates({ ...asked, ...access });
  try {
    return await work(
      { ...asked.core, tls: () => certificates.trust(), onUntrusted: () => certificates.doubt() },
      certificates,
    );
  } finally {
    certificates.close();
  }
}
