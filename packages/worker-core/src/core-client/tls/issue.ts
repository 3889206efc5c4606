/** Certificates as bytes: what a CA issues (protocol 2.1). */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  randomBytes,
  sign,
  verify,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { promisify } from 'node:util';
import { CertificationRequest } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extensions,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyUsage,
  KeyUsageFlags,
  TBSCertificate,
  Validity,
  Version,
  type Extension,
  type Name,
  type SubjectPublicKeyInfo,
} from '@peculiar/asn1-x509';
import { ProtocolError } from '../../errors.ts';
import type { AuthorityKeys } from './authority.ts';
import {
  bytesOf,
  extension,
  extensionRequest,
  nameOf,
  pem,
  publicKeyInfo,
  sha256WithRsa,
  type Subject,
} from './encoding.ts';

const day = 24 * 60 * 60 * 1000;

/** A CA that signs itself, for ten years. */
export async function issueAuthority(name: Subject, now: Date): Promise<AuthorityKeys> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const subject = nameOf(name);
  const certificate = issue({
    subject,
    issuer: subject,
    publicKey: publicKeyInfo(publicKey),
    days: 3650,
    extensions: [extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 2 }), true)],
    key: privateKey,
    now,
  });
  return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** Signs a request. Of what it asks for, only subject and alternative names count. */
export function issueFor(csr: string, authority: AuthorityKeys, now: Date, days: number): string {
  const { subject, subjectPKInfo, attributes } = readRequest(csr).certificationRequestInfo;
  const names = requestedNames(attributes);
  return issue({
    subject,
    issuer: AsnConvert.parse(new X509Certificate(authority.certificate).raw, Certificate).tbsCertificate.subject,
    publicKey: subjectPKInfo,
    days,
    extensions: [
      ...(names === undefined ? [] : [names]),
      extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment), true),
      extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth, id_kp_clientAuth])),
    ],
    key: createPrivateKey(authority.key),
    now,
  });
}

function readRequest(csr: string): CertificationRequest {
  const base64 = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([^-]+)-----END/.exec(csr)?.[1];
  if (base64 === undefined) throw malformed('The text is no certificate request in PEM form');
  let request: CertificationRequest;
  try {
    request = AsnConvert.parse(Buffer.from(base64, 'base64'), CertificationRequest);
    requestedNames(request.certificationRequestInfo.attributes);
    if (isSignedByItsKey(request)) return request;
  } catch (error) {
    throw malformed('The certificate request cannot be read', error);
  }
  throw malformed('The certificate request was not signed with the key it is for');
}

function isSignedByItsKey(request: CertificationRequest): boolean {
  const { certificationRequestInfo: info, certificationRequestInfoRaw: raw, signature } = request;
  const key = createPublicKey({
    key: Buffer.from(AsnConvert.serialize(info.subjectPKInfo)),
    type: 'spki',
    format: 'der',
  });
  return verify('sha256', Buffer.from(raw ?? AsnConvert.serialize(info)), key, Buffer.from(signature));
}

/** The attributes may be absent, although their type says otherwise. */
function requestedNames(attributes: CertificationRequest['certificationRequestInfo']['attributes'] | undefined) {
  const [requested] = attributes?.find(({ type }) => type === extensionRequest)?.values ?? [];
  if (requested === undefined) return undefined;
  return AsnConvert.parse(requested, Extensions).find(({ extnID }) => extnID === id_ce_subjectAltName);
}

interface Issue {
  readonly subject: Name;
  readonly issuer: Name;
  readonly publicKey: SubjectPublicKeyInfo;
  readonly days: number;
  readonly extensions: readonly Extension[];
  readonly key: KeyObject;
  readonly now: Date;
}

function issue({ subject, issuer, publicKey, days, extensions, key, now }: Issue): string {
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: sha256WithRsa,
    issuer,
    validity: new Validity({ notBefore: now, notAfter: new Date(now.getTime() + days * day) }),
    subject,
    subjectPublicKeyInfo: publicKey,
    extensions: new Extensions([...extensions]),
  });
  const signatureValue = bytesOf(sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), key));
  const certificate = new Certificate({ tbsCertificate, signatureAlgorithm: sha256WithRsa, signatureValue });
  return pem('CERTIFICATE', AsnConvert.serialize(certificate));
}

/** A positive number of 20 bytes in its shortest form. */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(20);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytesOf(bytes);
}

function malformed(message: string, cause?: unknown): ProtocolError {
  return new ProtocolError(message, { code: 'malformed_request', hint: 'Send a PKCS#10 request in PEM form.', cause });
}
