import { X509Certificate } from 'node:crypto';
import { createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  certificateFingerprint,
  CoreClient,
  coreConnection,
  errorCode,
  openCertificates,
  requestCertificate,
  verifyToken,
  type CertificateOptions,
  type Certificates,
  type Generation,
  type ServerIdentity,
} from '@resoto/worker-core';
import { recordingLog } from '@resoto/worker-core/testing';
import { closeCores, core, directory } from '../../test/cores.ts';
import { eventually } from '../../test/wire-client.ts';

const psk = 'change-me';
const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  await closeCores();
});

async function certificatesOf(
  uri: string,
  options: Partial<CertificateOptions> & { readonly psk?: string } = {},
): Promise<Certificates> {
  const { psk: key, ...others } = options;
  const opened = await openCertificates({
    core: { uri, psk: key },
    subscriberId: 'resoto.worker',
    log: recordingLog(),
    patience: 0,
    ...others,
  });
  cleanups.push(() => opened.close());
  return opened;
}

interface Reply {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

function call(
  uri: string,
  {
    method = 'GET',
    body,
    ca,
    authorization,
  }: { method?: string; body?: string; ca?: string; authorization?: string } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const trust = ca === undefined ? { rejectUnauthorized: false } : { ca };
    const headers = authorization === undefined ? {} : { authorization };
    const sent = httpsRequest(uri, { method, agent: false, headers, ...trust }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      answer.once('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

describe.each<[Generation, string, string]>([
  ['resoto', 'Resoto Root CA', 'resoto_root_ca.pem'],
  ['fix', 'Fix Root CA', 'fix_root_ca.pem'],
])('the CA of a %s core', (generation, commonName, file) => {
  test('is shown with fingerprint and proof of the key', async () => {
    const { uri } = await core({ generation, tls: true, psk });

    const { headers, text } = await call(`${uri}/ca/cert`);

    const fingerprint = certificateFingerprint(text);
    const { subject, ca } = new X509Certificate(text);
    const proof = await verifyToken(String(headers['authorization']).replace('Bearer ', ''), psk);
    expect({ subject, ca }).toEqual({ subject: `O=Some Engineering Inc.\nCN=${commonName}`, ca: true });
    expect(headers).toMatchObject({
      'content-type': 'application/x-pem-file',
      'content-disposition': `attachment; filename="${file}"`,
      'sha256-fingerprint': fingerprint,
    });
    expect(proof).toMatchObject({ sha256_fingerprint: fingerprint });
  });

  test('a worker gets a certificate that a client with this CA believes', async () => {
    const { uri } = await core({ generation, tls: true, psk });
    const certificates = await certificatesOf(uri, { psk });

    const identity = await certificates.identity();

    const address = await serve(identity);
    const { text } = await call(address, { ca: String(certificates.trust().ca) });
    const { subject, validFrom, validTo } = new X509Certificate(identity.cert);
    expect(text).toBe('hello');
    expect(subject).toBe('CN=resoto.worker');
    expect(Date.parse(validTo) - Date.parse(validFrom)).toBe(365 * 24 * 60 * 60 * 1000);
  });
});

async function serve(identity: ServerIdentity): Promise<string> {
  const server = createServer(identity, (_request, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => void server.close());
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

test('a core without a key gives no proof', async () => {
  const { uri } = await core({ tls: true });

  const { headers } = await call(`${uri}/ca/cert`);

  expect(headers).not.toHaveProperty('authorization');
});

test('a core on plain HTTP has no CA', async () => {
  const { uri } = await core();

  const certificates = await certificatesOf(uri);

  expect(certificates.trust()).toEqual({});
  await expect(certificates.identity()).rejects.toMatchObject({ code: 'core_without_tls' });
});

test('a core keeps its CA in its data directory', async () => {
  const data = directory();
  const first = await core({ tls: true, data });
  const { text: before } = await call(`${first.uri}/ca/cert`);
  await first.close();
  const second = await core({ tls: true, data });

  const { text: after } = await call(`${second.uri}/ca/cert`, { ca: before });

  expect(after).toBe(before);
});

describe('signing', () => {
  test.each([
    ['nothing', ''],
    ['no PEM', 'hello'],
    ['PEM of nonsense', '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n'],
  ])('%s is refused with 400', async (_name, body) => {
    const { uri } = await core({ tls: true });

    const { status } = await call(`${uri}/ca/sign`, { method: 'POST', body });

    expect(status).toBe(400);
  });

  test('a request somebody changed is refused with 400', async () => {
    const { uri } = await core({ tls: true });
    const { csr } = await requestCertificate('resoto.worker');
    const der = Buffer.from(csr.replaceAll(/-----.*-----|\n/g, ''), 'base64');
    der.write('evil', der.indexOf('resoto.worker'));
    const body = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;

    const { status, text } = await call(`${uri}/ca/sign`, { method: 'POST', body });

    expect(status).toBe(400);
    expect(text).toContain('not signed with the key');
  });

  test('needs a token when there is a key', async () => {
    const { uri } = await core({ tls: true, psk });
    const { csr } = await requestCertificate('resoto.worker');

    const { status } = await call(`${uri}/ca/sign`, { method: 'POST', body: csr });

    expect(status).toBe(401);
  });
});

test('requests, searches and sockets reach a core over TLS', async () => {
  const { uri } = await core({ tls: true, psk });
  const certificates = await certificatesOf(uri, { psk });
  const connection = coreConnection({ uri, psk, tls: () => certificates.trust() });
  const client = new CoreClient({ connection });
  cleanups.push(() => client.close());

  await client.waitUntilReady();
  const revision = await client.putConfig('some', { resotoworker: { pool_size: 5 } });

  expect(revision).not.toBe('unknown');
});

test('a core that was set up anew is known again by its key', async () => {
  const first = await core({ tls: true, psk });
  const { uri } = first;
  const certificates = await certificatesOf(uri, { psk, checkEvery: 10 });
  const identity = await certificates.identity();
  const trust = { tls: () => certificates.trust(), onUntrusted: () => certificates.doubt() };
  const client = new CoreClient({ connection: coreConnection({ uri, psk, ...trust }) });
  cleanups.push(() => client.close());
  await client.putConfig('some', { a: {} });
  await first.close();
  await core({ tls: true, psk, port: Number(new URL(uri).port) });

  const codes = new Set<string | undefined>();
  await eventually(async () => {
    const code = await client.putConfig('some', { a: {} }).then(() => 'done', errorCode);
    codes.add(code);
    return code === 'done' ? code : undefined;
  });

  expect([...codes]).toEqual(['core_untrusted', 'done']);
  await eventually(async () => ((await certificates.identity()) === identity ? undefined : true));
});
