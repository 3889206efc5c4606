import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { realCore, type RunningRealCore } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';
import {
  certificateFingerprint,
  CoreClient,
  coreConnection,
  errorCode,
  openCertificates,
  type Certificates,
  type ServerIdentity,
} from '@resoto/worker-core';
import { recordingLog, type RecordingLog } from '@resoto/worker-core/testing';

import { until } from './core-program.ts';
import { killPrograms } from './program.ts';
import { failuresTold, startWorker, startWorkerProgram } from './worker-program.ts';

const real = await realCore();
const psk = 's3cr3t-of-the-core';
const ending: (() => Promise<void> | void)[] = [];

describeWith('against the code of the real core on TLS', [real], () => {
  let directory: string;
  let core: RunningRealCore;
  let uri: string;
  let log: RecordingLog;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'real-tls-'));
    core = await real.start(['--tls', '--psk', psk]);
    uri = core.url.replace('http:', 'https:');
  });

  afterEach(async () => {
    for (const end of ending.splice(0).toReversed()) await end();
    await killPrograms();
  });

  afterAll(async () => {
    await core.stop();
    await rm(directory, { recursive: true });
  });

  async function open(key: string | undefined, at = uri): Promise<Certificates> {
    log = recordingLog();
    const certificates = await openCertificates({ core: { uri: at, psk: key }, subscriberId: 'resoto.worker', log });
    ending.push(() => certificates.close());
    return certificates;
  }

  test('its CA is believed with its key, and its certificate is verified from then on', async () => {
    const certificates = await open(psk);
    const client = new CoreClient({ connection: coreConnection({ uri, psk, tls: () => certificates.trust() }) });
    ending.push(() => client.close());

    await client.putConfig('some', { some: { a: 1 } });

    expect((await client.config('some'))?.config).toEqual({ some: { a: 1 } });
    expect(log.messages('warn')).toEqual([]);
  });

  test('its CA is refused with another key', async () => {
    const code = await open('no-key-of-it').catch(errorCode);

    expect(code).toBe('token_refused');
  });

  test('it signs a certificate that a client with its CA believes', async () => {
    const certificates = await open(psk);

    const identity = await certificates.identity();

    expect(await shownTo(identity, String(certificates.trust().ca))).toBe(certificateFingerprint(identity.cert));
  });

  test.each([
    ['no key', [], /core_wrong_key/, /Give it to the worker/],
    ['another key', ['--psk', 'no-key-of-it'], /token_refused/, /different pre-shared keys/],
  ])('a worker with %s ends with exit code 1 and one message', async (_, args, code, hint) => {
    const worker = startWorkerProgram({ args: ['--resotocore-uri', uri, ...args], env: { HOME: directory } });

    expect(await worker.ended).toBe(1);
    expect(failuresTold(worker)).toMatchObject([
      { code: expect.stringMatching(code), hint: expect.stringMatching(hint), message: expect.stringContaining(uri) },
    ]);
  });

  test('a worker with the address of plain HTTP is told the one of TLS', async () => {
    const worker = startWorkerProgram({
      args: ['--resotocore-uri', core.url, '--psk', psk],
      env: { HOME: directory },
    });

    expect(await worker.ended).toBe(1);
    expect(failuresTold(worker)).toMatchObject([{ code: 'core_speaks_otherwise', hint: `Use the address ${uri}.` }]);
  });

  test('a worker collects over TLS', async () => {
    await core.control('patch_config', { id: 'resoto.worker', config: { resotoworker: { collector: ['example'] } } });
    await startWorker({ uri, directory, args: ['--psk', psk] });

    const { task } = (await core.control('workflow', { name: 'collect' })) as { readonly task: string };
    await until('the run is over', async () => {
      const { done } = (await core.control('task', { id: task })) as { readonly done: boolean };
      return done;
    });

    expect(await core.control('validate')).toMatchObject({ invalid: [], kinds: { example_instance: 2 } });
  });

  test('without a key there is no proof: one is missed, none is a warning', async () => {
    const keyless = await real.start(['--tls']);
    ending.push(() => keyless.stop());
    const at = keyless.url.replace('http:', 'https:');

    const withKey = await open(psk, at).catch(errorCode);
    await open(undefined, at);

    expect(withKey).toBe('core_without_key');
    expect(log.messages('warn')).toEqual(['the CA certificate of the core is trusted on first use']);
  });
});

/** Fingerprint of the certificate a server with this identity shows to a client that trusts only the CA. */
async function shownTo(identity: ServerIdentity, ca: string): Promise<string> {
  const server = createServer(identity, (_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const sent = httpsRequest({ host: 'localhost', port, ca, agent: false }, (answer) => {
      answer.resume();
      const socket = answer.socket as unknown as { getPeerCertificate(): { fingerprint256: string } };
      resolve(socket.getPeerCertificate().fingerprint256);
    });
    sent.once('error', reject);
    sent.end();
  });
}
