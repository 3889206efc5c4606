import { createServer, type Server } from 'node:http';
import { get } from 'node:https';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parseJson, type Diagnosis, type JsonObject } from '@resoto/worker-core';
import { ScriptedCore } from '@resoto/worker-core/testing';
import { moto, realCore } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { awsEnvironment } from './aws-environment.ts';
import { CoreProgram, type CoreOptions } from './core-program.ts';
import { callJson } from './http.ts';
import { killPrograms } from './program.ts';
import { installProgram, startWorkerProgram } from './worker-program.ts';

const real = await realCore();
const emulator = await moto();
const key = 'a-key-nobody-may-see';

let directory: string;
let main: URL;
let cloud: AcmeCloud;
let core: CoreProgram;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'doctor-'));
  cloud = await AcmeCloud.start();
  cloud.accounts = { one: [{ id: 'a' }], two: [] };
  main = await installProgram(directory, { acme: acmePackage });
});

beforeEach(async () => {
  cloud.hook = () => 200;
  core = await CoreProgram.start();
});

afterEach(async () => {
  await killPrograms();
  await core.remove();
});

afterAll(async () => {
  await cloud.stop();
  await rm(directory, { recursive: true });
});

test('a set-up that works is fine from the core to each account', async () => {
  await configure({});

  const { code, found } = await doctor();

  expect(code).toBe(0);
  expect(new Set(found.map(({ status }) => status))).toEqual(new Set(['ok']));
  expect(found.map(({ about }) => about)).toEqual([
    ...['core', 'clock', 'key', 'core', 'configuration', 'configuration'],
    ...['plugin acme', 'account acme one', 'account acme two', 'state'],
  ]);
});

test('it registers nothing and stores nothing', async () => {
  const before = await stored();

  await doctor(['--override', 'resotoworker.collector=acme', `acme.endpoint=${cloud.endpoint}`]);

  expect(await stored()).toEqual(before);
});

test('on a terminal each finding is a line, and what to do stands behind it', async () => {
  await configure({ collector: ['nowhere'] });

  const program = startWorkerProgram({
    main,
    args: ['doctor', ...at(core.uri)],
    env: { HOME: directory },
  });

  expect(await program.ended).toBe(1);
  expect(program.stdout()).toContain(`ok    core: answers at ${core.uri}\n`);
  expect(program.stdout()).toContain(
    'fail  configuration: the collector nowhere is not installed — Name installed clouds',
  );
  expect(program.stderr()).toBe('');
});

describe('the key', () => {
  test.each([
    ['a wrong one', ['--psk', 'another-key'], /does not accept/],
    ['none', [], /asks for its pre-shared key, and none was given/],
  ])('%s is a failure', async (_, args, what) => {
    const keyed = await CoreProgram.start({ psk: key });

    const { code, found, printed } = await look([...at(keyed.uri), ...args]);
    await keyed.remove();

    expect(code).toBe(1);
    expect(about('key', found)).toMatchObject([{ status: 'fail', what: expect.stringMatching(what) }]);
    expect(printed).not.toContain('another-key');
  });

  test('of the core is fine', async () => {
    const keyed = await CoreProgram.start({ psk: key });

    const { found, printed } = await look([...at(keyed.uri), '--psk', key]);
    await keyed.remove();

    expect(about('key', found)).toMatchObject([{ status: 'ok', what: expect.stringContaining('accepts') }]);
    expect(printed).not.toContain(key);
  });

  test('that is not needed is told', async () => {
    const withoutKey = await look(at(core.uri));
    const withKey = await look([...at(core.uri), '--psk', key]);

    expect(about('key', withoutKey.found)).toMatchObject([{ status: 'ok', what: 'none is needed' }]);
    expect(about('key', withKey.found)).toMatchObject([{ status: 'warn', what: expect.stringContaining('no effect') }]);
    expect(withKey.printed).not.toContain(key);
  });
});

describe('the certificate of a core', () => {
  test('that proves itself with the key is fine', async () => {
    const { code, found } = await atTlsCore({ psk: key }, ['--psk', key]);

    expect(code).toBe(0);
    expect(about('certificate', found)).toMatchObject([
      { status: 'ok', what: expect.stringContaining('proven') },
      { status: 'ok', what: expect.stringMatching(/trusted, valid until \d{4}-\d\d-\d\d$/) },
    ]);
  });

  test('without a key is trusted on first use, with its fingerprint', async () => {
    const { code, found } = await atTlsCore({}, []);

    expect(code).toBe(0);
    expect(about('certificate', found)[0]).toMatchObject({
      status: 'warn',
      what: expect.stringMatching(/first use: .*([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    });
  });

  test('that was signed with another key is a failure', async () => {
    const { code, found } = await atTlsCore({ psk: key }, ['--psk', 'another-key']);

    expect(code).toBe(1);
    expect(about('certificate', found)).toMatchObject([
      { status: 'fail', what: expect.stringContaining('another key') },
    ]);
  });

  test('of another CA than the given one is a failure', async () => {
    const file = join(directory, 'other-ca.pem');
    const other = await CoreProgram.start({ tls: true });
    await writeFile(file, await caOf(other.uri));
    await other.remove();

    const { code, found } = await atTlsCore({}, ['--ca-cert', file]);

    expect(code).toBe(1);
    expect(about('certificate', found)).toMatchObject([
      { status: 'fail', what: expect.stringContaining('not trusted') },
    ]);
  });

  test('that is not verified is a warning', async () => {
    const { code, found } = await atTlsCore({}, ['--no-verify-certs']);

    expect(code).toBe(0);
    expect(about('certificate', found)).toMatchObject([
      { status: 'warn', what: expect.stringContaining('not verified') },
    ]);
  });
});

describe('an address', () => {
  test('nobody listens at is a failure that says so', async () => {
    const { code, found } = await look(at('http://127.0.0.1:1'));

    expect(code).toBe(1);
    expect(about('core', found)).toMatchObject([
      { status: 'fail', what: expect.stringContaining('cannot reach'), advice: expect.stringContaining('127.0.0.1:1') },
    ]);
  });

  test('that is none is a failure without its password', async () => {
    const { code, printed } = await look(at('ftp://me:hunter22@core'));

    expect(code).toBe(1);
    expect(printed).toContain('no HTTP address');
    expect(printed).not.toContain('hunter22');
  });

  test('of a web page is no core', async () => {
    const web = await server({ 'Content-Type': 'text/html' });

    const { found } = await look(at(web.uri));
    await web.stop();

    expect(about('core', found)).toMatchObject([{ status: 'fail', what: expect.stringContaining('text/html') }]);
  });
});

test.each([
  [3_600, 'fail', 'ahead of'],
  [-3_600, 'fail', 'behind'],
  [90, 'warn', 'ahead of'],
  [-90, 'warn', 'behind'],
])('a clock that is %s seconds off is told: %s', async (seconds, status, what) => {
  const web = await server({ 'Content-Type': 'text/plain' }, seconds);

  const { found } = await look(at(web.uri));
  await web.stop();

  expect(about('clock', found)).toMatchObject([{ status, what: expect.stringContaining(what) }]);
});

test('a core of the other generation is a failure that names the right program', async () => {
  await configure({});

  const program = startWorkerProgram({
    main: new URL('./main-fix.ts', main),
    args: ['doctor', '--fixcore-uri', core.uri, '--subscriber-id', 'resoto.worker', '--json'],
    env: { HOME: directory },
  });

  expect(await program.ended).toBe(1);
  expect(program.stdout()).toMatch(/"fail".*Resoto 3\.9.*Fix Inventory 4\.x.*Start resotoworker instead/);
});

test('a core of a version this program is not made for is told with it', async () => {
  const older = await ScriptedCore.start();
  older.answerConfig('resoto.worker', { resotoworker: { collector: ['acme'] }, acme: { endpoint: cloud.endpoint } });
  const headers = { 'Content-Type': 'application/x-ndjson' };
  older.answer('POST', '/cli/execute', { body: '{"name":"resotocore","version":"2.4.1"}\n', headers });

  const { code, found } = await look(at(older.uri));
  await older.stop();

  expect(code).toBe(0);
  expect(about('core', found)).toContainEqual({
    about: 'core',
    status: 'warn',
    what: 'is of version 2.4.1, and this program is for Resoto 3.9',
    advice: expect.any(String),
  });
});

describe('the configuration', () => {
  test('is a failure when a worker would not start with it', async () => {
    await configure({ pool_size: 'many' });

    const { code, found } = await doctor();

    expect(code).toBe(1);
    expect(about('configuration', found)).toContainEqual(
      expect.objectContaining({ status: 'fail', what: expect.stringContaining('resotoworker.pool_size') }),
    );
  });

  test('is told where it is odd: unknown settings, variables that are not set, foreign sections', async () => {
    await configure({ tempdir: '$(NOWHERE_DIR)', colour: 'red' }, { acne: {} });

    const { code, found } = await doctor();

    expect(code).toBe(0);
    const warnings = about('configuration', found).filter(({ status }) => status === 'warn');
    expect(warnings.map(({ what }) => what).join('\n')).toMatch(/NOWHERE_DIR[^]*acne[^]*colour/);
  });
});

describe('a plugin', () => {
  test('that may not list its accounts is a failure that names the permission', async () => {
    await configure({});
    cloud.hook = () => 403;

    const { code, found } = await doctor();

    expect(code).toBe(1);
    expect(about('plugin acme', found)).toMatchObject([
      { status: 'fail', what: expect.stringContaining('denied'), advice: expect.stringContaining('acme:ListBoxes') },
    ]);
  });

  test('that plans a cleanup, or serves, is looked at when it is enabled', async () => {
    const other = await mkdtemp(join(tmpdir(), 'doctor-'));
    const section = (name: string) => `{ name: '${name}', description: '', fields: {
      enabled: { type: 'boolean', default: false, description: '' } } }`;
    const entry = `export const plugin = { name: 'parts',
      actions: [
        { className: 'Planner', action: 'cleanup_plan', section: ${section('planner')}, load: async () => ({}) },
        { className: 'Idle', action: 'cleanup_plan', section: ${section('idle')}, load: async () => ({}) },
      ],
      services: [
        { name: 'teller', section: ${section('teller')}, load: async () => { throw new Error('no such file') } },
      ],
    };`;
    const program = await installProgram(other, { acme: acmePackage, parts: { entry } });
    await configure({}, { planner: { enabled: true }, teller: { enabled: true } });

    const { code, found } = await look(at(core.uri), program);
    await rm(other, { recursive: true });

    expect(code).toBe(1);
    expect(about('plugin Planner', found)).toMatchObject([{ status: 'ok' }]);
    expect(about('plugin Idle', found)).toEqual([]);
    expect(about('plugin teller', found)).toMatchObject([
      { status: 'fail', what: expect.stringContaining('no such file') },
    ]);
  });

  test('that cannot be loaded is a failure', async () => {
    const other = await mkdtemp(join(tmpdir(), 'doctor-'));
    const broken = await installProgram(other, { broken: { entry: "throw new Error('no such file')" } });

    const { code, found } = await look([...at(core.uri)], broken);
    await rm(other, { recursive: true });

    expect(code).toBe(1);
    expect(about('plugin', found)).toMatchObject([{ status: 'fail', what: expect.stringContaining('no such file') }]);
  });
});

test('a signal ends it at once, whatever it waits for', async () => {
  const silent = createServer(() => asked());
  let asked = (): void => {};
  const waiting = new Promise<void>((resolve) => (asked = resolve));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const uri = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const program = startWorkerProgram({ main, args: ['doctor', ...at(uri)], env: { HOME: directory } });
  await waiting;

  const code = await program.kill('SIGINT');
  silent.closeAllConnections();
  silent.close();

  expect(code).toBe(1);
  expect(program.stdout() + program.stderr()).toBe('');
});

test('a place for state that is a file is a failure', async () => {
  const file = join(directory, 'file');
  await writeFile(file, '');

  const { found } = await look([...at(core.uri), '--data', join(file, 'state')]);

  expect(about('state', found)).toMatchObject([{ status: 'fail', advice: expect.stringContaining('--data') }]);
});

describeWith('AWS over moto', [emulator], () => {
  test('tells who is logged in, and that permissions cannot be looked at where nobody simulates them', async () => {
    const server = await emulator.start();
    await configure({ collector: ['aws'], cleanup: true });

    const program = startWorkerProgram({
      args: ['doctor', '--json', ...at(core.uri)],
      env: { HOME: directory, ...awsEnvironment(server.url) },
    });
    const code = await program.ended;
    await server.stop();

    const found = findingsIn(program.stdout()).filter((finding) => finding.about.startsWith('account aws '));
    expect(found).toMatchObject([
      { status: 'ok', what: expect.stringMatching(/^logged in as arn:aws:/) },
      { status: 'warn', what: expect.stringContaining('to collect'), advice: expect.stringContaining('iam:Simulate') },
      { status: 'warn', what: expect.stringContaining('to clean up'), advice: expect.stringContaining('iam:Simulate') },
    ]);
    expect(code).toBe(0);
  });
});

describeWith('at the code of the real core', [real], () => {
  test('everything is fine, and nothing was registered', async () => {
    const running = await real.start();
    const config = { resotoworker: { collector: ['acme'] }, acme: { endpoint: cloud.endpoint } };
    await running.control('patch_config', { id: 'resoto.worker', config });
    const before = [await running.control('config', { id: 'resoto.worker' }), await running.control('subscribers')];

    const { code, found } = await look(at(running.url));
    const after = [await running.control('config', { id: 'resoto.worker' }), await running.control('subscribers')];
    await running.stop();

    expect(found.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(about('core', found)).toMatchObject([{}, { what: 'is of Resoto 3.9, version 3.9.0' }]);
    expect(code).toBe(0);
    expect(after).toEqual(before);
  });
});

async function doctor(args: readonly string[] = []) {
  return look([...at(core.uri), ...args]);
}

async function atTlsCore(options: CoreOptions, args: readonly string[]) {
  const secure = await CoreProgram.start({ ...options, tls: true });
  try {
    return await look([...at(secure.uri), ...args]);
  } finally {
    await secure.remove();
  }
}

/** The CA certificate of a core, from whoever answers. */
function caOf(uri: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(`${uri}/ca/cert`, { rejectUnauthorized: false }, (answer) => void text(answer).then(resolve, reject));
  });
}

/** Runs the command, and reads what it printed. */
async function look(args: readonly string[], program: URL = main) {
  const { ended, stdout, stderr } = startWorkerProgram({
    main: program,
    args: ['doctor', '--json', ...args],
    env: { HOME: directory },
  });
  const code = await ended;
  return { code, found: findingsIn(stdout()), printed: stdout() + stderr() };
}

function findingsIn(output: string): readonly Diagnosis[] {
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => parseJson(line) as JsonObject & Diagnosis);
}

function at(uri: string): readonly string[] {
  return ['--resotocore-uri', uri, '--data', join(directory, 'state')];
}

function about(what: string, found: readonly Diagnosis[]): readonly Diagnosis[] {
  return found.filter((finding) => finding.about === what);
}

async function configure(settings: JsonObject, others: JsonObject = {}): Promise<void> {
  await core.configure({
    resotoworker: { collector: ['acme'], ...settings },
    acme: { endpoint: cloud.endpoint },
    ...others,
  });
}

/** What a worker leaves at a core. */
async function stored(): Promise<readonly unknown[]> {
  const paths = ['configs', 'configs/model', 'subscribers'];
  return Promise.all(paths.map((path) => callJson(`${core.uri}/${path}`)));
}

/** A server that answers everything, with a clock of its own. */
async function server(headers: Record<string, string>, ahead = 0) {
  const http: Server = createServer((_request, response) => {
    const now = new Date(Date.now() + ahead * 1000);
    response.sendDate = false;
    response.writeHead(200, { ...headers, Date: now.toUTCString() }).end('ok');
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    uri: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async stop() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
