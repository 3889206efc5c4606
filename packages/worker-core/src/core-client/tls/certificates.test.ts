import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpsRequest, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { errorCode, errorHint, errorText } from '../../errors.ts';
import { certificateFingerprint, createToken } from '../../protocol/token.ts';
import { eventually } from '../../testing/eventually.ts';
import { recordingLog, type RecordingLog } from '../../testing/recording-log.ts';
import { ScriptedCore, type ScriptedAnswer } from '../../testing/scripted-core.ts';
import { testAuthority, type TestAuthority } from '../../testing/test-authority.ts';
import { signRequest } from './authority.ts';
import { openCertificates, type CertificateOptions, type Certificates } from './certificates.ts';
import type { ServerIdentity } from './server-identity.ts';

const psk = 'change-me';
const hour = 3_600_000;
const day = 24 * hour;
const ending: (() => Promise<void> | void)[] = [];
let authority: TestAuthority;
let impostor: TestAuthority;
let identity: ServerIdentity;
let core: ScriptedCore;
let log: RecordingLog;
/** What the clocks of worker and core say. */
let time: number;

beforeAll(async () => {
  [authority, impostor] = await Promise.all([testAuthority(), testAuthority('Resoto Root CA')]);
  // Valid for as long as the clock of a test may be turned.
  identity = await authority.identity({ days: 3000 });
});

beforeEach(async () => {
  time = Date.now();
  log = recordingLog();
  core = await ScriptedCore.start({ identity });
  ending.push(() => core.stop());
  core.answer('GET', '/ca/cert', () => caAnswer(authority.certificate));
  core.answer('POST', '/ca/sign', async ({ body }) => certificate(await signRequest(body, authority, new Date(time))));
});

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

async function caAnswer(
  pem: string,
  proof: { readonly psk?: string; readonly fingerprint?: string; readonly now?: number } = {},
): Promise<ScriptedAnswer> {
  const { psk: key = psk, fingerprint = certificateFingerprint(pem), now = time } = proof;
  const token = await createToken(key, { sha256_fingerprint: fingerprint }, { now: () => now });
  return certificate(pem, { Authorization: `Bearer ${token}` });
}

function certificate(body: string, headers: Readonly<Record<string, string>> = {}): ScriptedAnswer {
  return { body, headers: { 'Content-Type': 'application/x-pem-file', ...headers } };
}

async function open(options: Partial<CertificateOptions> = {}): Promise<Certificates> {
  const opened = await openCertificates({
    core: { uri: core.uri, psk },
    subscriberId: 'resoto.worker',
    log,
    patience: 0,
    checkEvery: 5,
    now: () => new Date(time),
    ...options,
  });
  ending.push(() => opened.close());
  return opened;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('the CA of a core', () => {
  test('is trusted when it was signed with the key', async () => {
    const certificates = await open();

    expect(certificates.trust()).toEqual({ ca: authority.certificate });
    expect(core.requestsOf('GET', '/ca/cert')[0]?.headers).not.toHaveProperty('authorization');
    expect(log.messages('warn')).toEqual([]);
  });

  test('is trusted on first use without a key, with a warning that shows its fingerprint (15 no. 8)', async () => {
    const certificates = await open({ core: { uri: core.uri } });

    expect(certificates.trust()).toEqual({ ca: authority.certificate });
    expect(log.records.filter(({ level }) => level === 'warn')).toMatchObject([
      {
        message: 'the CA certificate of the core is trusted on first use',
        facts: { fingerprint: certificateFingerprint(authority.certificate) },
      },
    ]);
  });

  test.each<[string, () => Promise<ScriptedAnswer>, string, string]>([
    ['without a proof', async () => certificate(authority.certificate), 'core_without_key', 'without a pre-shared key'],
    [
      'signed with another key',
      () => caAnswer(authority.certificate, { psk: 'other' }),
      'token_refused',
      'different pre-shared keys',
    ],
    [
      'that was put in place of the signed one',
      () => caAnswer(impostor.certificate, { fingerprint: certificateFingerprint(authority.certificate) }),
      'wrong_fingerprint',
      'Somebody sits between',
    ],
    [
      'signed an hour ago',
      () => caAnswer(authority.certificate, { now: time - hour }),
      'token_expired',
      'Compare the clocks',
    ],
    [
      'with a proof nobody can read',
      async () => certificate(authority.certificate, { Authorization: 'Bearer a.b.c' }),
      'token_malformed',
      'really a core',
    ],
  ])('%s is refused', async (_title, answer, code, hint) => {
    core.answer('GET', '/ca/cert', answer);

    const error = await failureOf(open());

    expect(errorCode(error)).toBe(code);
    expect(errorText(error)).toContain(`GET ${core.uri}/ca/cert`);
    expect(errorHint(error)).toContain(hint);
    expect(`${errorText(error)} ${errorHint(error)}`).not.toContain(psk);
  });

  test.each<[string, ScriptedAnswer]>([
    ['a web page', { body: '<html>Sign in</html>', headers: { 'Content-Type': 'text/html' } }],
    ['nothing', certificate('')],
    ['a broken certificate', certificate('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')],
    ['a hundred megabytes', certificate('x'.repeat(100_000_000))],
  ])('that is %s is refused', async (_title, answer) => {
    core.answer('GET', '/ca/cert', answer);

    const error = await failureOf(open());

    expect(errorCode(error)).toBe('not_a_core');
    expect(errorText(error).length).toBeLessThan(400);
  });

  test('that has expired is refused', async () => {
    time += 3651 * day;

    const error = await failureOf(open());

    expect(errorCode(error)).toBe('certificate_expired');
  });

  test('is waited for while the core starts, and that is said', async () => {
    core.answer('GET', '/system/ready', (_request, previous) => (previous === 0 ? { status: 503 } : { body: 'ok' }));

    const certificates = await open({ patience: 60_000 });

    expect(certificates.trust()).toEqual({ ca: authority.certificate });
    expect(log.messages('warn')).toEqual(['the core is not ready yet']);
  });

  test.each([0, 60_000])('behind a path prefix is not asked for with a token (patience %s)', async (patience) => {
    for (const path of ['/inventory/system/ready', '/inventory/ca/cert']) core.answer('GET', path, { status: 401 });

    const error = await failureOf(open({ core: { uri: `${core.uri}/inventory`, psk }, patience }));

    expect(errorCode(error)).toBe('core_wants_token');
    expect(core.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  test('of a file is not fetched', async () => {
    const caCert = await file('ca.pem', authority.certificate);

    const certificates = await open({ files: { caCert } });

    expect(certificates.trust()).toEqual({ ca: authority.certificate });
    expect(core.requests).toEqual([]);
  });

  test('is not asked for when nothing is verified, and that is said', async () => {
    const certificates = await open({ verify: false });

    expect(certificates.trust()).toEqual({ rejectUnauthorized: false });
    expect(core.requests).toEqual([]);
    expect(log.messages('warn')).toEqual(['the certificate of the core is not verified']);
  });
});

describe('the own certificate', () => {
  test('is made with the first call, once', async () => {
    const certificates = await open();

    const [first, second] = await Promise.all([certificates.identity(), certificates.identity()]);

    const { subject, subjectAltName } = new X509Certificate(first.cert);
    expect(second).toBe(first);
    expect(core.requestsOf('POST', '/ca/sign')).toHaveLength(1);
    expect(subject).toBe('CN=resoto.worker');
    expect(subjectAltName).toContain('DNS:localhost');
    expect(subjectAltName).toContain('IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
  });

  test('is asked for with a token, of a core that is verified', async () => {
    const certificates = await open();
    await certificates.identity();

    expect(core.requestsOf('POST', '/ca/sign')[0]?.headers.authorization).toMatch(/^Bearer /);
  });

  test.each(['a,b=c+d/e"f', 'wörker-Ж-😀', ' spaces ', 'x'.repeat(64)])(
    'has the name %j as it is',
    async (subscriberId) => {
      const certificates = await open({ subscriberId });

      const { cert } = await certificates.identity();

      expect(new X509Certificate(cert).toLegacyObject().subject.CN).toBe(subscriberId);
    },
  );

  test('a core with an external CA cannot sign is said with what can be done', async () => {
    core.answer('POST', '/ca/sign', { status: 400, body: 'Error: NotImplementedError\nMessage: no CA key' });
    const certificates = await open();

    const error = await failureOf(certificates.identity());

    expect(errorCode(error)).toBe('core_cannot_sign');
    expect(errorHint(error)).toContain('--cert and --cert-key');
    expect(errorHint(error)).toContain('no_tls');
  });

  test('may be asked for again after a failure', async () => {
    core.answer('POST', '/ca/sign', async ({ body }, previous) =>
      previous === 0 ? { status: 400 } : certificate(await signRequest(body, authority, new Date())),
    );
    const certificates = await open();
    await failureOf(certificates.identity());

    const made = await certificates.identity();

    expect(made.cert).toContain('BEGIN CERTIFICATE');
  });

  test.each<[string, (csr: string) => Promise<string> | string]>([
    ['made for another key', async () => (await authority.identity()).cert],
    ['that is a web page', () => '<html></html>'],
    ['that has expired', (csr) => signRequest(csr, authority, new Date(time - 400 * day))],
  ])('%s is refused', async (_title, answer) => {
    core.answer('POST', '/ca/sign', async ({ body }) => certificate(await answer(body)));
    const certificates = await open();

    const error = await failureOf(certificates.identity());

    expect(errorCode(error)).toMatch(/^(wrong_certificate|not_a_core|certificate_expired)$/);
  });
});

describe('renewal (W18)', () => {
  test('comes a day before the certificate expires, and reaches a server that is open', async () => {
    // Clients of the test live by the clock of the machine, so certificates begin now and last longer each time.
    core.answer('POST', '/ca/sign', async ({ body }, previous) =>
      certificate(await signRequest(body, authority, new Date(), 365 * (previous + 1))),
    );
    const certificates = await open();
    const first = await certificates.identity();
    const server = await serve(first);
    certificates.onRenewed((renewed) => server.setSecureContext(renewed));
    time += 364 * day - hour;
    await checks();
    const before = await shownBy(server);
    time += 2 * hour;
    await eventually(() => expect(log.messages('info')).toContain('own certificate renewed'));

    const after = await shownBy(server);

    expect(before).toBe(certificateFingerprint(first.cert));
    expect(after).toBe(certificateFingerprint((await certificates.identity()).cert));
    expect(after).not.toBe(before);
    expect(core.requestsOf('POST', '/ca/sign')).toHaveLength(2);
    expect(core.requestsOf('GET', '/ca/cert')).toHaveLength(2);
  });

  test('goes on with the old certificate while the core is away, and tries again with growing pauses', async () => {
    const certificates = await open();
    const first = await certificates.identity();
    core.answer('POST', '/ca/sign', { status: 500 });
    time += 364.5 * day;
    await eventually(() => expect(log.messages('error')).toHaveLength(1));
    await checks();
    const attempts = core.requestsOf('POST', '/ca/sign').length;
    const kept = await certificates.identity();
    time += 60_000;
    await eventually(() => expect(log.messages('error')).toHaveLength(2));
    core.answer('POST', '/ca/sign', async ({ body }) =>
      certificate(await signRequest(body, authority, new Date(time))),
    );
    time += hour;
    await eventually(() => expect(log.messages('info')).toContain('own certificate renewed'));

    expect(attempts).toBe(2);
    expect(kept).toBe(first);
    expect(await certificates.identity()).not.toBe(first);
    expect(log.records.find(({ level }) => level === 'error')?.message).toBe('certificates cannot be renewed');
  });

  test('of the CA takes effect for the next connection', async () => {
    const young = await testAuthority('Resoto Root CA', new Date(time + 10 * day));
    const caCert = await file('ca.pem', authority.certificate);
    const certificates = await open({ files: { caCert } });
    await writeFile(caCert, authority.certificate + young.certificate);
    time += 11 * day;

    await eventually(() => expect(certificates.trust().ca).toContain(young.certificate));

    expect(log.messages('info')).toContain('CA certificate renewed');
  });

  test('of own files comes when they change on disk', async () => {
    const [cert, certKey] = [await file('own.crt', identity.cert), await file('own.key', identity.key)];
    const certificates = await open({ files: { cert, certKey } });
    const renewed: ServerIdentity[] = [];
    certificates.onRenewed((each) => renewed.push(each));
    const next = await authority.identity();
    await writeFile(cert, next.cert);
    await eventually(() => expect(log.messages('error').length).toBeGreaterThan(0));
    const between = await certificates.identity();
    await writeFile(certKey, next.key);
    time += hour;

    await eventually(() => expect(renewed).toEqual([next]));

    expect(between).toEqual(identity);
    expect(core.requestsOf('POST', '/ca/sign')).toEqual([]);
  });

  test('of own files comes although the CA certificate in a file has expired, and that is told', async () => {
    const old = await testAuthority('Resoto Root CA', new Date(time - 3649 * day));
    const [cert, certKey] = [await file('own.crt', identity.cert), await file('own.key', identity.key)];
    const certificates = await open({ files: { caCert: await file('ca.pem', old.certificate), cert, certKey } });
    const next = await authority.identity();
    await writeFile(cert, next.cert);
    await writeFile(certKey, next.key);
    time += 2 * day;

    await eventually(async () => expect(await certificates.identity()).toEqual(next));

    await eventually(() => {
      const errors = log.records.filter(({ level }) => level === 'error').map(({ facts }) => errorCode(facts['error']));
      expect(errors).toContain('certificate_expired');
    });
  });

  test('comes when the core has another CA all of a sudden, if that proves to know the key', async () => {
    const certificates = await open();
    const first = await certificates.identity();
    core.answer('GET', '/ca/cert', () => caAnswer(impostor.certificate));
    certificates.doubt();

    await eventually(() => expect(certificates.trust()).toEqual({ ca: impostor.certificate }));

    // This core still shows the certificate of its old CA, and that is not trusted any more.
    await eventually(() => expect(log.messages('error')).toEqual(['certificates cannot be renewed']));
    expect(await certificates.identity()).toBe(first);
  });

  test('never takes another CA when there is no key to prove it with (15 no. 8)', async () => {
    const certificates = await open({ core: { uri: core.uri } });
    core.answer('GET', '/ca/cert', certificate(impostor.certificate));
    certificates.doubt();

    await checks();

    expect(certificates.trust()).toEqual({ ca: authority.certificate });
  });

  test('keeps no process alive', async () => {
    const waits = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = waits();
    await open({ files: { caCert: await file('ca.pem', authority.certificate) }, checkEvery: 60_000 });

    expect(waits()).toBeLessThanOrEqual(before);
  });

  test('of own files is asked for a day before they expire, once', async () => {
    const short = await authority.identity({ days: 30 });
    await open({ files: { cert: await file('own.crt', short.cert), certKey: await file('own.key', short.key) } });
    await checks();
    const early = log.messages('warn');
    time += 29.5 * day;
    await eventually(() => expect(log.messages('warn')).not.toEqual([]));

    await checks();

    expect(early).toEqual([]);
    expect(log.messages('warn')).toEqual(['own certificate expires soon']);
  });

  test('ends when the certificates are closed', async () => {
    const certificates = await open();
    await certificates.identity();
    certificates.close();
    time += 364.5 * day;

    await checks();

    expect(core.requestsOf('POST', '/ca/sign')).toHaveLength(1);
  });
});

/** Waits until the clock was looked at a few times. */
async function checks(): Promise<void> {
  let looks = 0;
  const clock = await openCertificates({
    core: { uri: core.uri },
    subscriberId: 'clock',
    files: { caCert: await file('clock.pem', authority.certificate) },
    log: recordingLog(),
    checkEvery: 5,
    now: () => {
      looks += 1;
      return new Date();
    },
  });
  await eventually(() => expect(looks).toBeGreaterThan(10));
  clock.close();
}

async function file(name: string, text: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'certificates-'));
  ending.push(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, name), text);
  return join(directory, name);
}

async function serve(shown: ServerIdentity): Promise<Server> {
  const server = createServer(shown, (_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(() => void server.close());
  return server;
}

/** Fingerprint of the certificate a server shows to a client that trusts the CA. */
function shownBy(server: Server): Promise<string> {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return new Promise((resolve, reject) => {
    const sent = httpsRequest({ host: 'localhost', port, ca: authority.certificate, agent: false }, (answer) => {
      answer.resume();
      const { socket } = answer;
      resolve('getPeerCertificate' in socket ? fingerprintOf(socket) : '');
    });
    sent.once('error', reject);
    sent.end();
  });
}

function fingerprintOf(socket: object): string {
  return (socket as { getPeerCertificate(): { fingerprint256: string } }).getPeerCertificate().fingerprint256;
}
