/** The CA of a core (protocol 2.1): made once, kept in the database, and asked to sign. */
import { X509Certificate } from 'node:crypto';
import { createAuthority, signRequest, type AuthorityKeys, type GenerationNames } from '@resoto/worker-core';
import type { Database } from '../database.ts';

export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** Certificate for a request, both in PEM. Throws ProtocolError `malformed_request`. */
  sign(request: string): Promise<string>;
}

const tables = ['CREATE TABLE authority (certificate TEXT NOT NULL, key TEXT NOT NULL)'];

/** Opens the CA, and makes one when there is none or it has expired. Its key is as safe as the database. */
export async function openAuthority(database: Database, { caCommonName }: GenerationNames): Promise<Authority> {
  database.migrate('authority', tables);
  const stored = database.prepare<AuthorityKeys>('SELECT certificate, key FROM authority').get();
  const keys = stored !== undefined && !isExpired(stored) ? stored : await make(database, caCommonName);
  return { certificate: keys.certificate, sign: (request) => signRequest(request, keys, new Date()) };
}

async function make(database: Database, commonName: string): Promise<AuthorityKeys> {
  const keys = await createAuthority({ O: 'Some Engineering Inc.', CN: commonName }, new Date());
  database.transaction(() => {
    database.prepare('DELETE FROM authority').run();
    database.prepare('INSERT INTO authority VALUES (?, ?)').run(keys.certificate, keys.key);
  });
  return keys;
}

function isExpired({ certificate }: AuthorityKeys): boolean {
  return Date.parse(new X509Certificate(certificate).validTo) < Date.now();
}
