/** Requests for a certificate (PKCS#10) as bytes. */
import { generateKeyPair, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { Attributes, CertificationRequest, CertificationRequestInfo } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Attribute, Extensions } from '@peculiar/asn1-x509';
import { alternativeNames, bytesOf, extensionRequest, nameOf, pem, publicKeyInfo, sha256WithRsa } from './encoding.ts';
import type { MachineNames } from './machine-names.ts';

export interface CertificateRequest {
  /** PEM. */
  readonly csr: string;
  readonly key: KeyObject;
}

/** Makes an RSA key of 2048 bits and a request for its certificate, as the reference worker does (protocol 2.1). */
export async function createRequest(commonName: string, names: MachineNames): Promise<CertificateRequest> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const extensions = AsnConvert.serialize(new Extensions([alternativeNames(names)]));
  const certificationRequestInfo = new CertificationRequestInfo({
    subject: nameOf({ CN: commonName }),
    subjectPKInfo: publicKeyInfo(publicKey),
    attributes: new Attributes([new Attribute({ type: extensionRequest, values: [extensions] })]),
  });
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(certificationRequestInfo)), privateKey);
  const request = new CertificationRequest({
    certificationRequestInfo,
    signatureAlgorithm: sha256WithRsa,
    signature: bytesOf(signature),
  });
  return { csr: pem('CERTIFICATE REQUEST', AsnConvert.serialize(request)), key: privateKey };
}
