/** Certificates somebody has put on disk (worker behaviour 1.1: `--ca-cert`, `--cert`, `--cert-key`, `--cert-key-pass`). */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigError, errorCode } from '../../errors.ts';
import { certificatesIn, requireValid } from './pem.ts';
import type { ServerIdentity } from './server-identity.ts';

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly caCert?: string | undefined;
  readonly cert?: string | undefined;
  readonly certKey?: string | undefined;
  /** Passphrase of the key. */
  readonly certKeyPass?: string | undefined;
}

/** Larger files are no certificates. */
const maxLength = 1024 * 1024;

/**
 * The CA certificates of a file; there may be several.
 *
 * @throws ConfigError `certificate_unreadable`, `certificate_malformed`, `certificate_expired`, `certificate_not_yet_valid`
 */
export async function readCaFile(path: string, now: Date): Promise<string> {
  const text = await readPem(path, 'CA certificate', '--ca-cert');
  const certificates = certificatesIn(text);
  if (certificates.length === 0) throw malformed(path, 'CA certificate', '--ca-cert');
  for (const certificate of certificates) {
    requireValid(certificate, `The CA certificate ${path}`, now, 'Give the current CA certificate with --ca-cert.');
  }
  return text;
}

/**
 * The own certificate and its key; undefined when no files are given.
 *
 * @throws ConfigError as `readCaFile`; also `certificate_incomplete`, `wrong_passphrase`, `key_mismatch`
 */
export async function readOwnFiles(files: CertificateFiles, now: Date): Promise<ServerIdentity | undefined> {
  const { cert: certPath, certKey: keyPath, certKeyPass } = files;
  if (certPath === undefined && keyPath === undefined) return undefined;
  if (certPath === undefined || keyPath === undefined) throw incomplete(certPath === undefined);
  const [cert, key] = await Promise.all([
    readPem(certPath, 'certificate', '--cert'),
    readPem(keyPath, 'private key', '--cert-key'),
  ]);
  const [certificate] = certificatesIn(cert);
  if (certificate === undefined) throw malformed(certPath, 'certificate', '--cert');
  if (!certificate.checkPrivateKey(privateKey(keyPath, key, certKeyPass))) throw mismatch(certPath, keyPath);
  requireValid(certificate, `The certificate ${certPath}`, now, 'Give a current one with --cert and --cert-key.');
  return { cert, key, ...(certKeyPass === undefined ? {} : { passphrase: certKeyPass }) };
}

async function readPem(path: string, what: string, option: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`Cannot read the ${what} ${path} (${errorCode(error) ?? 'unknown reason'})`, {
      code: 'certificate_unreadable',
      hint: `Give a readable PEM file with ${option}.`,
      facts: { path },
      cause: error,
    });
  }
  if (text.length > maxLength) throw malformed(path, what, option);
  return text;
}

// The causes of OpenSSL are left out of these errors: they say nothing that helps, and must never hold parts of a key.
function privateKey(path: string, text: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    if (!/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) {
      throw malformed(path, 'private key', '--cert-key');
    }
  }
  throw new ConfigError(
    passphrase === undefined
      ? `The private key ${path} is encrypted, and there is no passphrase for it`
      : `The private key ${path} cannot be decrypted with the passphrase that was given`,
    { code: 'wrong_passphrase', hint: 'Give its passphrase with --cert-key-pass.', facts: { path } },
  );
}

function malformed(path: string, what: string, option: string): ConfigError {
  return new ConfigError(`The ${what} ${path} is no ${what} in PEM form`, {
    code: 'certificate_malformed',
    hint: `Give a PEM file with ${option}.`,
    facts: { path },
  });
}

function incomplete(onlyKey: boolean): ConfigError {
  const [given, missing] = onlyKey ? ['--cert-key', '--cert'] : ['--cert', '--cert-key'];
  return new ConfigError(`${given} was given without ${missing}`, {
    code: 'certificate_incomplete',
    hint: 'Give both, or none: then the core signs a certificate.',
  });
}

function mismatch(cert: string, key: string): ConfigError {
  return new ConfigError(`The private key ${key} does not belong to the certificate ${cert}`, {
    code: 'key_mismatch',
    hint: 'Give the key the certificate was made for. In a file of several certificates the own one comes first.',
    facts: { cert, key },
  });
}
