/** Certificates as PEM text: read, and judged by their validity. */
import { X509Certificate } from 'node:crypto';
import { ConfigError } from '../../errors.ts';

const certificateBlock = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs;

/** All certificates of a text, in order; whatever stands between them is ignored. Empty when there is none, or one is broken. */
export function certificatesIn(text: string): X509Certificate[] {
  try {
    return (text.match(certificateBlock) ?? []).map((block) => new X509Certificate(block));
  } catch {
    return [];
  }
}

/** Milliseconds by which the clocks of two machines may differ; tokens allow as much. */
const skew = 300_000;

/**
 * Checks that a certificate is valid at a time.
 *
 * @param what  for messages, as `The certificate /etc/worker.crt`
 * @throws ConfigError `certificate_expired`, `certificate_not_yet_valid`
 */
export function requireValid(certificate: X509Certificate, what: string, now: Date, hint: string): void {
  const { validFrom, validTo } = certificate;
  const facts = { validFrom, validTo, now: now.toISOString() };
  if (now.getTime() > Date.parse(validTo)) {
    throw new ConfigError(`${what} expired at ${validTo}`, { code: 'certificate_expired', hint, facts });
  }
  if (now.getTime() + skew < Date.parse(validFrom)) {
    throw new ConfigError(`${what} is not valid before ${validFrom}`, {
      code: 'certificate_not_yet_valid',
      hint: `The clock here says ${now.toISOString()}. Compare it with that of whoever made the certificate.`,
      facts,
    });
  }
}
