import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { AcmeCloud, acmePackage } from './acme-cloud.ts';
import { call } from './http.ts';
import { killPrograms } from './program.ts';
import { installProgram, localCore, startWorkerProgram, type WorkerProgram } from './worker-program.ts';

const sample = { entry: samplePlugin() };
/** Nothing of the machine takes part: neither credentials nor a metadata service. */
const cleanEnv = { AWS_EC2_METADATA_DISABLED: 'true' };

let directory: string;
let main: URL;
let cloud: AcmeCloud;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'local-'));
  main = await installProgram(directory, { acme: acmePackage, sample });
  await mkdir(join(directory, 'tmp'));
});

beforeEach(async () => {
  cloud = await AcmeCloud.start();
  cloud.accounts = { one: [{ id: 'a' }, { id: 'b', peer: 'a' }] };
});

afterEach(async () => {
  await killPrograms();
  await cloud.stop();
});

afterAll(() => rm(directory, { recursive: true }));

describe('local --once', () => {
  test('with nothing at hand collects the sample cloud and says how to add a real one', async () => {
    const { code, output, errors } = await once([]);

    expect(code).toBe(0);
    expect(output).toMatch(/^Collecting sample\n/);
    expect(output).toMatch(/^ {2}sample_account +1$/m);
    expect(output).toMatch(/^sample one: complete, \d+ nodes, \d+ edges, [\d.]+ s$/m);
    expect(output).toMatch(/^\d+ nodes of 1 account in [\d.]+ seconds$/m);
    expect(output).toContain('Set real.token to collect Real.');
    expect(errors).toBe('');
  });

  test('with --tls speaks TLS inside', async () => {
    const { code, output, errors } = await once(['--tls', '--psk', 's3cr3t', ...acme()]);

    expect([code, errors]).toEqual([0, '']);
    expect(output).toMatch(/^ {2}acme_box +2$/m);
  });

  test('ends with 0 when everything was read', async () => {
    const { code, output } = await once(acme());

    expect(code).toBe(0);
    expect(output).toMatch(/^ {2}acme_box +2$/m);
  });

  test('ends with 3 when a part was denied, and names the permission', async () => {
    cloud.hook = (path) => (path === '/accounts' ? 200 : 403);

    const { code, output } = await once(acme());

    expect(code).toBe(3);
    expect(output).toMatch(/^ {2}.*denied.*acme_box.*acme:ListBoxes/im);
  });

  test('ends with 1 when nothing was imported', async () => {
    cloud.hook = () => 500;

    const { code, output } = await once(acme());

    expect(code).toBe(1);
    expect(output).toContain('/accounts was answered with 500');
  });

  test('names a collector that is not installed', async () => {
    const { output } = await once([
      '--override',
      `acme.endpoint=${cloud.endpoint}`,
      'resotoworker.collector=acme,nowhere',
    ]);

    expect(output).toContain('nowhere: no plugin for this cloud is installed');
  });

  test('leaves no file behind unless told to keep the graph', async () => {
    await once(acme());

    expect(await readdir(join(directory, 'tmp'))).toEqual([]);
  });

  test('with --data keeps the graph, so that what is denied later is still there', async () => {
    const data = ['--data', join(directory, 'graph')];
    await once([...acme(), ...data]);
    cloud.hook = (path) => (path === '/accounts' ? 200 : 403);

    const { code, output } = await once([...acme(), ...data]);

    expect(code).toBe(3);
    expect(output).toMatch(/^ {2}acme_box +2$/m);
    expect(output).toMatch(/2 of them kept from an earlier collect/);
  });

  test('with a key keeps the core to those who have it', async () => {
    const { code, errors } = await once([...acme(), '--psk', 's3cr3t']);

    expect([code, errors]).toEqual([0, '']);
  });

  test.each([
    [1, ['--override', 'resotoworker.pool_size=many'], /pool_size/],
    [1, ['--override', 'resotoworker.nothing=1'], /nothing/],
    [1, ['--host', '0.0.0.0'], /without a pre-shared key\nSet a pre-shared key/],
    // Not even root may make a directory there.
    [1, ['--data', '/sys/state'], /data directory \/sys\/state.*\nChoose a directory that can be written/],
    [2, ['--port', '70000'], /^resotoworker: --port: 70000 is not a port$/m],
  ])('ends with %i and one message that says what is wrong with %j', async (expected, args, message) => {
    const { code, errors } = await once(args);

    expect(code).toBe(expected);
    expect(errors).toMatch(message);
    expect(errors).not.toMatch(/^ +at /m);
  });
});

describe('the port', () => {
  let taken: Server;

  beforeEach(async () => {
    taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  });

  afterEach(() => new Promise((resolve) => taken.close(resolve)));

  test('that was asked for and is taken is an error', async () => {
    const port = portOf(taken);
    const { code, errors } = await once(acme(), port);

    expect(code).toBe(1);
    expect(errors).toMatch(new RegExp(`^resotoworker: .*${port}`));
    expect(errors).not.toMatch(/^ +at /m);
  });

  test('is a free one when nobody asked and the usual one is taken', async () => {
    const usual = createServer();
    // Somebody else may have it, which is just as well until it is given back.
    const isTaken = await new Promise<boolean>((resolve) => {
      usual.on('error', () => resolve(false)).listen(8900, '127.0.0.1', () => resolve(true));
    });
    const local = startLocal([]);
    const uri = await localCore(local);
    await new Promise((resolve) => usual.close(resolve));

    expect(isTaken && uri.includes(':8900')).toBe(false);
    expect(await call(`${uri}/system/ready`)).toContain('ok');
  });
});

describe('local that stays', () => {
  let local: WorkerProgram;
  let uri: string;

  beforeEach(async () => {
    local = startLocal([...acme(), '--port', '0']);
    uri = await localCore(local);
  });

  test('says how to search, and ends with 0 when told to stop', async () => {
    expect(local.stdout()).toContain(`resotoworker search 'is(instance)' --resotocore-uri ${uri}`);

    expect(await local.kill('SIGINT')).toBe(0);
    await expect(call(uri)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('is seen from this machine only, core and page', async () => {
    const page = /^How the worker is doing: (\S+)$/m;
    const { hostname, port } = new URL(page.exec(local.stdout())?.[1] ?? '');

    expect(hostname).toBe('127.0.0.1');
    expect(await call(`http://127.0.0.1:${port}/live`)).toContain('ok');
    // An address of this machine as well, but not the one that is listened at.
    await expect(call(`http://127.0.0.2:${port}/live`)).rejects.toThrow('connect');
    await expect(call(`http://127.0.0.2:${new URL(uri).port}/system/ready`)).rejects.toThrow('connect');
  });

  test('says so with the command that it is called by', async () => {
    const called = startLocal([...acme(), '--port', '0'], { RESOTO_PROGRAM: 'npx worker' });

    await localCore(called);

    expect(called.stdout()).toContain("\n  npx worker search 'is(instance)' --resotocore-uri http");
  });

  test('answers searches of another program: JSON lines in a pipe', async () => {
    const search = startWorkerProgram({ main, args: ['search', 'is(acme_box)', '--resotocore-uri', uri] });

    expect(await search.ended).toBe(0);
    const rows = search
      .stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(rows).toMatchObject([{ reported: { kind: 'acme_box' } }, { reported: { kind: 'acme_box' } }]);
  });

  test('a reader that goes away ends a search quietly', async () => {
    const command = [
      process.execPath,
      '--conditions=@resoto/source',
      main.pathname,
      'search',
      'all',
      '--resotocore-uri',
      uri,
    ];
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', `"$@" | head -n 1`, 'sh', ...command]);

    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toBe('');
  });

  test('resolves edges before it says that it is done', async () => {
    const search = startWorkerProgram({
      main,
      args: ['search', 'is(acme_box) and id == b -->', '--resotocore-uri', uri],
    });

    expect(await search.ended).toBe(0);
    expect(search.stdout()).toContain('"id":"a"');
  });
});

function acme(): readonly string[] {
  return ['--override', 'resotoworker.collector=acme', `acme.endpoint=${cloud.endpoint}`];
}

function startLocal(args: readonly string[], env: Readonly<Record<string, string>> = {}): WorkerProgram {
  return startWorkerProgram({
    main,
    args: ['local', ...args],
    env: { HOME: directory, TMPDIR: join(directory, 'tmp'), ...cleanEnv, ...env },
  });
}

async function once(
  args: readonly string[],
  port = 0,
): Promise<{ readonly code: unknown; readonly output: string; readonly errors: string }> {
  const portArgs = args.includes('--port') ? [] : ['--port', String(port)];
  const local = startLocal(['--once', ...portArgs, ...args]);
  return { code: await local.ended, output: local.stdout(), errors: local.stderr() };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A made-up cloud, and a real one that nobody has configured. */
function samplePlugin(): string {
  return `
    import { base, kind } from '${import.meta.resolve('@resoto/worker-core/plugin')}';
    const account = kind('sample_account', [base.account], { pythonType: 'sample.Account' });
    const collector = {
      kinds: [account],
      async *accounts() { yield { id: 'one', name: 'one', data: {} }; },
      async collect({ id }, { sink }) { sink.add(account, { reported: { id }, parent: sink.cloud }); },
    };
    export const plugin = {
      name: 'sample',
      collectors: [
        { cloud: 'sample', sample: true, load: async () => collector },
        { cloud: 'real', setup: 'Set real.token to collect Real.', load: async () => ({ ...collector, kinds: [] }) },
      ],
    };`;
}
