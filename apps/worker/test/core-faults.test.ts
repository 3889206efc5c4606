import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { page, ScriptedCore } from '@resoto/worker-core/testing';

import { CoreProgram, until } from './core-program.ts';
import { call, callJson } from './http.ts';
import { killPrograms } from './program.ts';
import { Proxy } from './proxy.ts';
import { connected, failuresTold, startWorkerProgram, type WorkerProgram } from './worker-program.ts';

const id = 'resoto.worker';
const path = `/config/${id}`;
const commands: readonly (readonly [string, readonly string[]])[] = [
  ['a worker', []],
  ['doctor', ['doctor']],
  ['search', ['search', 'all']],
  ['plan', ['plan']],
];
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'core-faults-'));
});

afterEach(killPrograms);

afterAll(async () => {
  await rm(directory, { recursive: true });
});

describe('a configuration that cannot be read ends a start with exit code 1 and one message', () => {
  let core: ScriptedCore;

  beforeEach(async () => {
    core = await ScriptedCore.start();
  });

  afterEach(() => core.stop());

  test.each([400, 403, 500])('because it is answered with %s, and nothing is written', async (status) => {
    core.answer('GET', path, { status, body: 'Error: Odd\nMessage: not today' });

    const end = await fatalEnd(start(core.uri));

    expect(end).toMatchObject({
      message: `Cannot read the configuration ${id}: GET ${core.uri}${path} was answered with ${status}: Error: Odd Message: not today`,
      hint: expect.stringMatching(/The defaults are not used instead\..* log of the core/),
    });
    expect(writes(core)).toEqual([]);
  });

  test('because the list of documents that shows whether there is one is refused', async () => {
    core.answer('GET', '/configs', { status: 403, body: 'no' });

    expect(await fatalEnd(start(core.uri))).toMatchObject({
      code: 'core_forbidden',
      message: expect.stringContaining(`GET ${core.uri}/configs was answered with 403`),
    });
    expect(writes(core)).toEqual([]);
  });

  test('because it is listed, and not found by its name', async () => {
    core.answer('GET', '/configs', { json: [id] });

    expect(await fatalEnd(start(core.uri))).toMatchObject({
      code: 'config_hidden',
      message: expect.stringContaining(`lists the configuration ${id}`),
      hint: expect.stringContaining(`${core.uri}${path}`),
    });
    expect(writes(core)).toEqual([]);
  });

  test('because a web page is in its place', async () => {
    core.answer('GET', path, page(403));

    expect(await fatalEnd(start(core.uri))).toMatchObject({
      code: 'not_a_core',
      message: expect.stringContaining('403 and text/html'),
      hint: expect.stringContaining('proxy'),
    });
    expect(writes(core)).toEqual([]);
  });
});

describe('a server that is ready and knows nothing else', () => {
  let core: ScriptedCore;

  beforeAll(async () => {
    core = await ScriptedCore.start();
    for (const unknown of ['/configs', '/graph']) core.answer('GET', unknown, { status: 404, body: '404: Not Found' });
  });

  afterAll(() => core.stop());

  test.each(commands)('is told to be no core of either generation by %s', async (_, command) => {
    const program = startCommand(command, core.uri);

    expect(await program.ended).toBe(1);
    expect(told(program)).toMatch(
      /(GET|POST|PATCH) http:\S+ was answered with 404: .*No core of Resoto or Fix Inventory answers so.*Check host, port and path/s,
    );
    expect(told(program)).not.toMatch(stack);
  });
});

test('a core that lists neither documents nor graphs has a worker all the same', async () => {
  const core = await ScriptedCore.start();
  for (const unknown of ['/configs', '/graph']) core.answer('GET', unknown, { status: 404, body: '404: Not Found' });

  for (const known of ['/configs/model', path]) core.answer('PATCH', known, { json: {} });

  await connected(startCommand(['--override', 'resotoworker.web_port=0'], core.uri));

  expect(writes(core)).toContain(`PATCH ${path}`);
  await killPrograms();
  await core.stop();
});

describe('a core that does not become ready', () => {
  let core: ScriptedCore;

  beforeEach(async () => {
    core = await ScriptedCore.start();
    core.answer('GET', '/system/ready', { status: 503, body: 'still importing' });
  });

  afterEach(() => core.stop());

  test('is told once by a worker that waits for it, with what it answers, and a signal ends the wait', async () => {
    const worker = start(core.uri);
    await until('it was asked again', () => core.requests.length > 2);
    await worker.hasLogged('the core is not ready yet');

    expect(await worker.kill('SIGTERM')).toBe(0);
    expect(worker.logged('the core is not ready yet')).toMatchObject([
      { level: 'WARNING', error: `GET ${core.uri}/system/ready was answered with 503: still importing` },
    ]);
    expect(writes(core)).toEqual([]);
  });

  test('ends a command with exit code 1, its address and what to look at', async () => {
    const search = startCommand(['search', 'all'], core.uri);

    expect(await search.ended).toBe(1);
    expect(search.stderr()).toBe(
      `resotoworker: No core became ready at ${core.uri} within 3 s: GET ${core.uri}/system/ready was answered with 503: still importing\n` +
        'Look into the log of the core, or give the address of another one.\n',
    );
  });
});

describe('a core that lets nothing be stored', () => {
  let core: CoreProgram;
  let proxy: Proxy;
  const stored = { resotoworker: { collector: [], web_port: 0 }, other: { kept: true } };

  beforeEach(async () => {
    core = await CoreProgram.start();
    proxy = await Proxy.start(() => core.port);
  });

  afterEach(async () => {
    await killPrograms();
    await proxy.stop();
    await core.remove();
  });

  test.each([400, 403, 500])('with %s has a worker with the settings of its document, which stays', async (status) => {
    await core.configure(stored);
    refuseWrites(status);

    const worker = start(proxy.uri);
    await connected(worker);

    const [refused] = await worker.hasLogged('cannot store the configuration');
    expect(refused).toMatchObject({
      level: 'WARNING',
      error: expect.stringMatching(`^PATCH ${proxy.uri}${path} was answered with ${status}: `),
      hint: expect.stringContaining('Look into the log of the core'),
    });
    expect(await callJson(`${core.uri}${path}`)).toEqual(stored);
    expect(proxy.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
    expect(worker.stderr()).not.toMatch(stack);
  });

  function refuseWrites(status: number): void {
    proxy.hooks = { refuse: ({ method }) => (method === 'PATCH' ? status : undefined) };
  }
});

describe('an address with the scheme the core does not speak', () => {
  let secure: CoreProgram;
  let plain: CoreProgram;

  beforeEach(async () => {
    [secure, plain] = await Promise.all([CoreProgram.start({ tls: true }), CoreProgram.start()]);
  });

  afterEach(async () => {
    await Promise.all([secure.remove(), plain.remove()]);
  });

  test.each(commands)('is told with the right one by %s', async (_, command) => {
    const atSecure = startCommand(command, secure.uri.replace('https:', 'http:'));
    const atPlain = startCommand(command, plain.uri.replace('http:', 'https:'));

    expect(await Promise.all([atSecure.ended, atPlain.ended])).toEqual([1, 1]);
    expect(told(atSecure)).toContain('the core there speaks TLS');
    expect(told(atSecure)).toContain(`Use the address ${secure.uri}.`);
    expect(told(atPlain)).toContain('the core there speaks plain HTTP');
    expect(told(atPlain)).toContain(`Use the address ${plain.uri}.`);
    expect(told(atSecure) + told(atPlain)).not.toMatch(stack);
  });

  test('is told by a redirect, too', async () => {
    const front = await ScriptedCore.start();
    const headers = { Location: `${secure.uri}/system/ready` };
    front.answer('GET', '/system/ready', { status: 308, headers });

    const worker = start(front.uri);
    const end = await fatalEnd(worker);
    await front.stop();

    expect(end).toMatchObject({ hint: expect.stringContaining(`leads on to ${secure.uri}`) });
  });
});

describe('a graph that is not there', () => {
  let core: CoreProgram;

  beforeEach(async () => {
    core = await CoreProgram.start();
  });

  afterEach(() => core.remove());

  test.each([
    [['search', 'is(instance)', '--graph', 'missing']],
    [['plan', '--override', 'resotoworker.graph=missing']],
  ])('is named with those that are by %j', async (command) => {
    await call(`${core.uri}/graph/other`, { method: 'POST' });

    const program = startCommand(command, core.uri);

    expect(await program.ended).toBe(1);
    expect(program.stderr()).toMatch(
      new RegExp(
        `^resotoworker: There is no graph missing at ${core.uri}\nName one of these graphs instead: other, resoto\\..*\n$`,
      ),
    );
    expect(program.stdout()).toBe('');
  });
});

const stack = /\n\s+at /;

function start(uri: string): WorkerProgram {
  return startCommand([], uri);
}

function startCommand(command: readonly string[], uri: string): WorkerProgram {
  const data = command[0] === 'search' ? [] : ['--data', join(directory, 'state')];
  return startWorkerProgram({ args: [...command, '--resotocore-uri', uri, ...data], env: { HOME: directory } });
}

/** What a command printed. */
function told({ stdout, stderr }: WorkerProgram): string {
  return stdout() + stderr();
}

/** The only failure a worker told that ended by itself with exit code 1. */
async function fatalEnd(worker: WorkerProgram): Promise<unknown> {
  expect(await worker.ended).toBe(1);
  const failures = failuresTold(worker);
  expect(failures).toHaveLength(1);
  return failures[0];
}

/** Requests that change something. */
function writes({ requests }: ScriptedCore): readonly string[] {
  const reading = /^(GET|POST \/graph\/\w+\/search|POST \/cli\/execute)/;
  return requests.map((request) => `${request.method} ${request.path}`).filter((request) => !reading.test(request));
}
