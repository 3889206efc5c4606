import { createPrivateKey } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { errorCode, errorFacts, errorHint, errorText } from '../../errors.ts';
import { testAuthority, type TestAuthority } from '../../testing/test-authority.ts';
import { readCaFile, readOwnFiles, type CertificateFiles } from './own-files.ts';
import type { ServerIdentity } from './server-identity.ts';

const passphrase = 'open sesame';
const now = new Date();
// Made at once, because the tables below name files in it.
const directory = mkdtempSync(join(tmpdir(), 'own-files-'));
let authority: TestAuthority;
let identity: ServerIdentity;
let encrypted: string;

beforeAll(async () => {
  authority = await testAuthority();
  identity = await authority.identity();
  const cipher = { cipher: 'aes-256-cbc', passphrase } as const;
  encrypted = createPrivateKey(identity.key)
    .export({ type: 'pkcs8', format: 'pem', ...cipher })
    .toString();
  const old = await authority.identity({ from: new Date(0), days: 1 });
  const future = await authority.identity({ from: new Date(now.getTime() + 3_600_000) });
  const texts = {
    'own.crt': identity.cert,
    'chain.crt': identity.cert + authority.certificate,
    'turned.crt': authority.certificate + identity.cert,
    'own.key': identity.key,
    'encrypted.key': encrypted,
    'pkcs1.key': createPrivateKey(identity.key)
      .export({ type: 'pkcs1', format: 'pem', ...cipher })
      .toString(),
    'other.key': (await authority.identity()).key,
    'old.crt': old.cert,
    'old.key': old.key,
    'future.crt': future.cert,
    'future.key': future.key,
    'ca.crt': authority.certificate,
    'bundle.crt': `# two of them\n${authority.certificate}\n# and\n${identity.cert}`,
    'old-bundle.crt': authority.certificate + old.cert,
    'page.html': '<html></html>',
    'half.crt': authority.certificate.slice(0, 600),
    'huge.crt': 'x'.repeat(2_000_000),
    'empty.crt': '',
  };
  for (const [name, text] of Object.entries(texts)) await writeFile(join(directory, name), text);
});

afterAll(() => rm(directory, { recursive: true }));

function at(name: string): string {
  return join(directory, name);
}

function own(cert: string, certKey: string, certKeyPass?: string): CertificateFiles {
  return { cert: at(cert), certKey: at(certKey), certKeyPass };
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('a CA file', () => {
  test.each(['ca.crt', 'bundle.crt'])('%s is taken as it is', async (name) => {
    expect(await readCaFile(at(name), now)).toContain(authority.certificate);
  });

  test.each([
    ['missing.crt', 'certificate_unreadable'],
    ['page.html', 'certificate_malformed'],
    ['half.crt', 'certificate_malformed'],
    ['huge.crt', 'certificate_malformed'],
    ['empty.crt', 'certificate_malformed'],
    ['own.key', 'certificate_malformed'],
    ['old-bundle.crt', 'certificate_expired'],
    ['future.crt', 'certificate_not_yet_valid'],
  ])('%s is refused as %s, by its path', async (name, code) => {
    const error = await failureOf(readCaFile(at(name), now));

    expect(errorCode(error)).toBe(code);
    expect(errorText(error)).toContain(at(name));
    expect(errorHint(error)).toBeDefined();
  });
});

describe('an own certificate', () => {
  test('is none without files', async () => {
    expect(await readOwnFiles({}, now)).toBeUndefined();
  });

  test.each([
    ['with its key', own('own.crt', 'own.key')],
    ['with those that lead to a root', own('chain.crt', 'own.key')],
    ['with an encrypted key', own('own.crt', 'encrypted.key', passphrase)],
    ['with an encrypted key as OpenSSL wrote it earlier', own('own.crt', 'pkcs1.key', passphrase)],
    ['with a passphrase nobody needs', own('own.crt', 'own.key', passphrase)],
  ])('%s is taken', async (_title, files) => {
    const read = await readOwnFiles(files, now);

    expect(read?.cert).toContain(identity.cert);
  });

  test.each<[string, CertificateFiles, string]>([
    ['that is missing', own('missing.crt', 'own.key'), 'certificate_unreadable'],
    ['without its key file', own('own.crt', 'missing.key'), 'certificate_unreadable'],
    ['whose path is a directory', { cert: '/', certKey: '/' }, 'certificate_unreadable'],
    ['that is none', own('page.html', 'own.key'), 'certificate_malformed'],
    ['whose key is none', own('own.crt', 'page.html'), 'certificate_malformed'],
    ['with the key of another', own('own.crt', 'other.key'), 'key_mismatch'],
    ['that does not come first', own('turned.crt', 'own.key'), 'key_mismatch'],
    ['whose key is encrypted', own('own.crt', 'encrypted.key'), 'wrong_passphrase'],
    ['with a wrong passphrase', own('own.crt', 'encrypted.key', 'wrong'), 'wrong_passphrase'],
    ['with a wrong passphrase of an older key', own('own.crt', 'pkcs1.key', 'wrong'), 'wrong_passphrase'],
    ['that has expired', own('old.crt', 'old.key'), 'certificate_expired'],
    ['that begins later', own('future.crt', 'future.key'), 'certificate_not_yet_valid'],
    ['without --cert-key', { cert: at('own.crt') }, 'certificate_incomplete'],
    ['without --cert', { certKey: at('own.key') }, 'certificate_incomplete'],
  ])('%s is refused', async (_title, files, code) => {
    const error = await failureOf(readOwnFiles(files, now));

    expect(errorCode(error)).toBe(code);
    expect(errorHint(error)).toBeDefined();
  });

  test('never shows passphrase or key in an error', async () => {
    const errors = [
      await failureOf(readOwnFiles(own('own.crt', 'encrypted.key', 'a wrong secret'), now)),
      await failureOf(readOwnFiles(own('own.crt', 'other.key', 'a wrong secret'), now)),
    ];

    for (const error of errors) {
      const { cause } = error as Error;
      const shown = `${errorText(error)} ${errorHint(error)} ${JSON.stringify(errorFacts(error))} ${errorText(cause)}`;
      expect(shown).not.toMatch(/a wrong secret|PRIVATE KEY-----/);
    }
  });
});
