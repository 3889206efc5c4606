import { createPrivateKey } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createSecureServer } from 'node:https';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  certificateFingerprint,
  createAuthority,
  createToken,
  requestCertificate,
  signRequest,
  type JsonObject,
} from '@resoto/worker-core';
import { ScriptedCore } from '@resoto/worker-core/testing';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { CoreProgram } from './core-program.ts';
import { call } from './http.ts';
import { killPrograms } from './program.ts';
import { connected, failuresTold, installProgram, startWorkerProgram, type WorkerProgram } from './worker-program.ts';

const passphrase = 'open-sesame';
let directory: string;
let main: URL;
let cloud: AcmeCloud;
let core: CoreProgram;
const workers: WorkerProgram[] = [];
/** Ids of documents. */
const ids: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bad-input-'));
  cloud = await AcmeCloud.start();
  cloud.accounts = { one: [{ id: 'a' }] };
  core = await CoreProgram.start();
  main = await installProgram(directory, { acme: acmePackage });
  await writeFile(join(directory, 'file'), 'kept');
  await writeFile(join(directory, 'page.html'), '<html></html>');
});

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.kill()));
  // The core waits for them otherwise.
  for (const id of ids) await call(`${core.uri}/subscriber/${id}-collector`, { method: 'DELETE' });
});

afterAll(async () => {
  await killPrograms();
  await cloud.stop();
  await core.remove();
  await rm(directory, { recursive: true });
});

describe('a command line that is wrong ends with exit code 2, the usage and one message', () => {
  test.each<[string, readonly string[], Readonly<Record<string, string>>, RegExp]>([
    ['an unknown option', ['--fork'], {}, /--fork/],
    ['an argument that is none', ['collect-everything'], {}, /collect-everything/],
    ['a value of another type', ['--idle-timeout', 'soon'], {}, /--idle-timeout.*soon/],
    ['a variable of another type', [], { RESOTOWORKER_IDLE_TIMEOUT: 'soon' }, /RESOTOWORKER_IDLE_TIMEOUT.*soon/],
    ['options that exclude each other', ['--verbose', '--quiet'], {}, /--quiet.*--verbose|--verbose.*--quiet/],
    ['an option without its value', ['--psk'], {}, /--psk/],
  ])('%s', async (_title, args, env, message) => {
    const worker = startWorkerProgram({ args, env: { HOME: directory, ...env } });

    expect(await worker.ended).toBe(2);
    const [last, ...others] = worker.stderr().trimEnd().split('\n').toReversed();
    expect(last).toMatch(/^resotoworker: /);
    expect(last).toMatch(message);
    expect(others.filter((line) => line.startsWith('resotoworker: '))).toEqual([]);
    expect(worker.stderr()).toContain('usage: resotoworker');
    expect(worker.stderr()).not.toMatch(stack);
  });
});

describe('certificates that are no good end a start with exit code 1 and one message', () => {
  beforeAll(async () => {
    const { ca, cert, key } = await certificate();
    const cipher = { cipher: 'aes-256-cbc', passphrase } as const;
    const texts = {
      'ca.crt': ca,
      'own.crt': cert,
      'own.key': key,
      'other.key': (await certificate()).key,
      'encrypted.key': createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', ...cipher }),
    };
    for (const [name, text] of Object.entries(texts)) await writeFile(join(directory, name), text);
  });

  test.each<[string, Readonly<Record<string, string>>, string, string]>([
    ['a CA that is not there', { '--ca-cert': 'missing.crt' }, 'certificate_unreadable', 'missing.crt'],
    ['a CA that is a web page', { '--ca-cert': 'page.html' }, 'certificate_malformed', 'page.html'],
    [
      'a certificate that is not there',
      { '--cert': 'missing.crt', '--cert-key': 'own.key' },
      'certificate_unreadable',
      'missing.crt',
    ],
    ['a certificate without its key', { '--cert': 'own.crt' }, 'certificate_incomplete', '--cert-key'],
    [
      'a key that is a web page',
      { '--cert': 'own.crt', '--cert-key': 'page.html' },
      'certificate_malformed',
      'page.html',
    ],
    ['the key of another', { '--cert': 'own.crt', '--cert-key': 'other.key' }, 'key_mismatch', 'other.key'],
    [
      'a wrong passphrase',
      { '--cert': 'own.crt', '--cert-key': 'encrypted.key', '--cert-key-pass': 'wr0ng-one' },
      'wrong_passphrase',
      'encrypted.key',
    ],
  ])('%s', async (_title, options, code, named) => {
    const args = Object.entries(options).flatMap(([name, value]) => [
      name,
      name === '--cert-key-pass' ? value : join(directory, value),
    ]);

    const worker = start(['--resotocore-uri', 'https://127.0.0.1:9', ...args]);

    const end = await fatalEnd(worker);
    expect(end).toMatchObject({ code, hint: expect.any(String) });
    expect(JSON.stringify(end)).toContain(named);
    expect(worker.stderr()).not.toMatch(/wr0ng-one|PRIVATE KEY/);
  });

  test('a core whose certificate is for another host', async () => {
    const { ca, cert, key } = await certificate();
    await writeFile(join(directory, 'another-host.crt'), ca);
    const server = createSecureServer({ cert, key }, (_request, response) => response.end('ok'));
    // Of this machine, but not in the certificate.
    const uri = `https://127.0.0.2:${await listen(server, '127.0.0.2')}`;

    const args = ['--resotocore-uri', uri, '--ca-cert', join(directory, 'another-host.crt')];

    const doctor = launch(['doctor', ...args], { HOME: directory });
    const end = await fatalEnd(start(args));
    const examined = await doctor.ended;
    server.closeAllConnections();
    server.close();

    expect(end).toMatchObject({
      code: 'core_other_name',
      message: expect.stringMatching(/the certificate of the core is for other hosts \(.*127\.0\.0\.1/),
      hint: expect.stringContaining(`names the host of ${uri}`),
    });
    expect(examined).toBe(1);
    expect(doctor.stdout()).toMatch(
      /fail {2}certificate: .*not trusted: ERR_TLS_CERT_ALTNAME_INVALID \(it is for .*127\.0\.0\.1.*Check the address/,
    );
  });
});

describe('a clock that is an hour off ends a start with exit code 1 and a message about the clocks', () => {
  const hour = 3_600_000;

  test('when the core refuses the token', async () => {
    const ahead = await ScriptedCore.start();
    ahead.answer('GET', '/config/resoto.worker', () => ({
      status: 401,
      headers: { Date: new Date(Date.now() + hour).toUTCString() },
    }));

    const end = await fatalEnd(start(['--resotocore-uri', ahead.uri, '--psk', 's3cr3t']));
    await ahead.stop();

    expect(end).toMatchObject({ code: 'core_wrong_key', hint: expect.stringContaining('differ by 60 minutes') });
  });

  test('when the proof of a core on TLS has expired', async () => {
    const { ca, cert, key } = await certificate();
    const behind = await ScriptedCore.start({ identity: { cert, key } });
    const claims = { sha256_fingerprint: certificateFingerprint(ca) };
    const token = await createToken('s3cr3t', claims, { now: () => Date.now() - hour });
    behind.answer('GET', '/ca/cert', { body: ca, headers: { Authorization: `Bearer ${token}` } });

    const end = await fatalEnd(start(['--resotocore-uri', behind.uri, '--psk', 's3cr3t']));
    await behind.stop();

    expect(end).toMatchObject({
      code: 'token_expired',
      message: expect.stringContaining(`${behind.uri}/ca/cert`),
      hint: expect.stringContaining('Compare the clocks'),
    });
  });
});

describe('a place that cannot be used ends a start with exit code 1 and one message', () => {
  test('a port in use', async () => {
    const server = createServer();
    const port = await listen(server, '127.0.0.1');
    const id = await configure({ web_host: '127.0.0.1', web_port: port });

    const end = await fatalEnd(start(at(id)));
    server.close();

    expect(end).toMatchObject({ code: 'port_in_use', hint: expect.stringContaining('web_port') });
    expect(JSON.stringify(end)).toContain(String(port));
  });

  test('--data that is a file, which stays as it is', async () => {
    const file = join(directory, 'file');

    const end = await fatalEnd(start([...at(await configure({})), '--data', file]));

    expect(end).toMatchObject({ code: 'state_unwritable', hint: expect.stringContaining('--data') });
    expect(JSON.stringify(end)).toContain(file);
    expect(await readFile(file, 'utf8')).toBe('kept');
  });

  test('a state directory nobody may write to', async () => {
    // Not even root may make a directory there.
    const end = await fatalEnd(start([...at(await configure({})), '--data', '/sys/state']));

    expect(end).toMatchObject({ message: expect.stringContaining('/sys/state'), code: 'state_unwritable' });
  });

  test('a home directory nobody may write to, when nothing else is named for the state', async () => {
    const id = await configure({});

    const worker = launch(at(id), { HOME: '/sys' });

    expect(await fatalEnd(worker)).toMatchObject({ code: 'state_unwritable', hint: expect.stringContaining('--data') });
  });
});

test('a home directory nobody may write to costs its files, which are named, and nothing else', async () => {
  const id = await configure({ files_in_home_dir: { 'one.conf': 's3cr3t-content' } });

  const worker = start(at(id), { HOME: '/sys' });
  await connected(worker);

  expect(await worker.hasLogged('file cannot be written to the home directory')).toMatchObject([
    { path: expect.stringContaining('one.conf') },
  ]);
  expect(worker.stderr()).not.toContain('s3cr3t-content');
  expect(await answerOf(await core.startCollect(), id)).toBe('action_done');
});

describe('a configuration that is nonsense', () => {
  const wrong = { timeout: 'soon', cleanup: 'perhaps', graph_merge_kind: 'galaxy' };
  const places = ['resotoworker.timeout', 'resotoworker.cleanup', 'resotoworker.graph_merge_kind'];

  test('at the start ends it with one message that lists everything, and stays as it was stored', async () => {
    const id = await configure(wrong);
    const before = await stored(id);

    const end = await fatalEnd(start(at(id)));

    for (const place of places) expect(JSON.stringify(end)).toContain(place);
    expect(await stored(id)).toBe(before);
  });

  test('while a worker runs is listed once, and the worker goes on with what it had until that is mended', async () => {
    const id = await configure({});
    const worker = start(at(id));
    await connected(worker);

    await configure(wrong, id);
    await worker.hasLogged(refused);
    const answer = await answerOf(await core.startCollect(), id);
    await configure({ timeout: 61 }, id);
    await worker.hasLogged('the configuration has changed');

    expect(answer).toBe('action_done');
    expect(worker.logged(refused)).toHaveLength(1);
    for (const place of places) expect(JSON.stringify(worker.logged(refused))).toContain(place);
    expect(worker.stderr()).not.toMatch(stack);
  });

  test.each<[string, string, string]>([
    ['without a value', 'resotoworker.pool_size', 'section.key=value'],
    ['without a section', 'pool_size=3', 'section.key=value'],
    ['of a setting nobody has', 'resotoworker.pool_sice=3', 'resotoworker.pool_sice'],
    ['of another type', 'resotoworker.pool_size=many', 'resotoworker.pool_size'],
    ['that would switch on cleanup with a word', 'resotoworker.cleanup=perhaps', 'resotoworker.cleanup'],
  ])('as an override %s ends a start with one message', async (_title, override, message) => {
    const worker = start([...at(await configure({})), '--override', override]);

    expect(JSON.stringify(await fatalEnd(worker))).toContain(message);
  });

  test('with a variable that is not set is told with its place and both remedies, and the default is used', async () => {
    const id = await configure({ timeout: '$(HOW_LONG)' });

    const worker = start(at(id));
    await connected(worker);

    const told = worker
      .stderr()
      .split('\n')
      .filter((line) => line.includes('HOW_LONG'));
    expect(told).toHaveLength(1);
    expect(JSON.parse(told[0] ?? '')).toMatchObject({ level: 'WARNING', hint: expect.stringContaining('--override') });
    expect(told[0]).toContain('resotoworker.timeout');
    expect(await core.isRegistered(`${id}-collector`)).toBe(true);
  });
});

describe('cleanup that is a variable (no. 1)', () => {
  const settings = { cleanup: '$(DO_CLEANUP)', cleanup_dry_run: false };

  test('with the text false is off: nothing is deleted', async () => {
    const id = await configure(settings);
    const worker = start(at(id), { DO_CLEANUP: 'false' });
    await connected(worker);
    await answerOf(await core.startCollect(), id);
    const mark = { method: 'POST', body: 'search is(acme_box) | clean' } as const;
    await call(`${core.uri}/cli/execute?graph=resoto&section=reported`, mark);

    const run = await core.finished(await core.startWorkflow('cleanup'));

    expect(run.answers['cleanup']?.[`${id}-collector`]).toBe('action_done');
    expect(await core.search('/desired.clean == true')).toHaveLength(1);
    expect(await worker.hasLogged('nothing is cleaned up: the setting cleanup is false')).toHaveLength(1);
    expect(cloud.deleted).toEqual([]);
  });

  test('with neither true nor false ends a start with one message', async () => {
    const worker = start(at(await configure(settings)), { DO_CLEANUP: 'perhaps' });

    expect(await fatalEnd(worker)).toMatchObject({
      message: expect.stringContaining(
        'resotoworker.cleanup: expected true or false, found the text "perhaps" from $(DO_CLEANUP)',
      ),
      hint: expect.stringContaining('the environment variable'),
    });
  });
});

const stack = /\n\s+at /;
const refused = 'the changed configuration cannot be used, the old one stays';

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): WorkerProgram {
  const data = args.includes('--data') ? [] : ['--data', join(directory, 'state')];
  return launch([...args, ...data], { HOME: directory, ...env });
}

function launch(args: readonly string[], env: Readonly<Record<string, string>>): WorkerProgram {
  const worker = startWorkerProgram({ main, args, env });
  workers.push(worker);
  return worker;
}

/** Arguments for a worker of this name at the core. */
function at(id: string): readonly string[] {
  return ['--resotocore-uri', core.uri, '--subscriber-id', id];
}

/** Stores a document as it is, however wrong. @returns its id, by default one that no test had before */
async function configure(settings: JsonObject, id = `bad.worker${ids.length}`): Promise<string> {
  if (!ids.includes(id)) ids.push(id);
  const section = { collector: ['acme'], web_port: 0, ...settings };
  const body = { resotoworker: section, acme: { endpoint: cloud.endpoint } };
  await call(`${core.uri}/config/${id}?validate=false`, { method: 'PUT', body });
  return id;
}

function stored(id: string): Promise<string> {
  return call(`${core.uri}/config/${id}?resolve_env_vars=false`);
}

/** The only message of a worker that ended by itself with exit code 1. */
async function fatalEnd(worker: WorkerProgram): Promise<unknown> {
  expect(await worker.ended).toBe(1);
  const [record, ...others] = failuresTold(worker);
  expect(others).toEqual([]);
  expect(record).not.toHaveProperty('exception');
  return record;
}

async function answerOf(run: string, id: string): Promise<string | undefined> {
  const { answers } = await core.finished(run);
  return answers['collect']?.[`${id}-collector`];
}

/** A certificate for this machine, with its key and the CA that signed it. */
async function certificate(): Promise<{ readonly ca: string; readonly cert: string; readonly key: string }> {
  const authority = await createAuthority({ CN: 'Resoto Root CA' }, new Date());
  const { csr, key } = await requestCertificate('resotocore');
  return {
    ca: authority.certificate,
    cert: await signRequest(csr, authority, new Date()),
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

async function listen(server: Server, host: string): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}
