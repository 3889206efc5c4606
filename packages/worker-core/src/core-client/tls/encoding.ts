/** Parts of certificates and requests as bytes. Loading what they need costs 70 ms and some megabytes: see `authority.ts`. */
import type { KeyObject } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  Extension,
  GeneralName,
  id_ce_subjectAltName,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
} from '@peculiar/asn1-x509';
import type { MachineNames } from './machine-names.ts';

/** Attribute of a request that holds the extensions it asks for. */
export const extensionRequest = '1.2.840.113549.1.9.14';

export const sha256WithRsa = new AlgorithmIdentifier({ algorithm: '1.2.840.113549.1.1.11', parameters: null });

const nameTypes = { CN: '2.5.4.3', O: '2.5.4.10' } as const;

export interface Subject {
  readonly O?: string;
  readonly CN: string;
}

export function nameOf({ O, CN }: Subject): Name {
  const parts = O === undefined ? [part('CN', CN)] : [part('O', O), part('CN', CN)];
  return new Name(parts);
}

function part(type: keyof typeof nameTypes, text: string): RelativeDistinguishedName {
  const value = new AttributeValue({ utf8String: text });
  return new RelativeDistinguishedName([new AttributeTypeAndValue({ type: nameTypes[type], value })]);
}

export function alternativeNames({ dns, ip }: MachineNames): Extension {
  const names = new SubjectAlternativeName([
    ...dns.map((dNSName) => new GeneralName({ dNSName })),
    ...ip.map((iPAddress) => new GeneralName({ iPAddress })),
  ]);
  return extension(id_ce_subjectAltName, names);
}

export function extension(extnID: string, value: object, critical = false): Extension {
  return new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

export function publicKeyInfo(key: KeyObject): SubjectPublicKeyInfo {
  return AsnConvert.parse(key.export({ type: 'spki', format: 'der' }), SubjectPublicKeyInfo);
}

export function bytesOf(buffer: Uint8Array): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}

export function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
