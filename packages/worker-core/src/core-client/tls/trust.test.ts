import { createServer, type Server } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { errorCode, errorHint, errorText } from '../../errors.ts';
import { eventually } from '../../testing/eventually.ts';
import { ScriptedCore, type ScriptedCoreOptions } from '../../testing/scripted-core.ts';
import { testAuthority, type IdentityOptions, type TestAuthority } from '../../testing/test-authority.ts';
import { coreConnection } from '../connection.ts';
import { CoreClient } from '../core-client.ts';
import { CoreSocket } from '../socket.ts';
import type { CoreTls } from './tls-options.ts';

const hour = 3_600_000;
const ending: (() => Promise<void> | void)[] = [];
let authority: TestAuthority;

beforeAll(async () => {
  authority = await testAuthority();
});

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

async function secureCore(identity: IdentityOptions = {}, options: ScriptedCoreOptions = {}): Promise<ScriptedCore> {
  const core = await ScriptedCore.start({ ...options, identity: await authority.identity(identity) });
  ending.push(() => core.stop());
  return core;
}

function client(uri: string, trust: CoreTls = { ca: authority.certificate }): CoreClient {
  const made = new CoreClient({ connection: coreConnection({ uri, tls: () => trust }), backOff });
  ending.push(() => made.close());
  return made;
}

/** Why a socket cannot connect; undefined once it is connected. */
async function socketFailure(uri: string, trust: CoreTls = { ca: authority.certificate }): Promise<unknown> {
  let connected = false;
  let failure: unknown;
  const socket = new CoreSocket({
    connection: coreConnection({ uri, tls: () => trust }),
    path: '/events',
    backOff,
    onMessage: () => {},
    onState: (state) => {
      if (state.is === 'connected') connected = true;
      if (state.is === 'disconnected') failure ??= state.error;
    },
  });
  await eventually(() => expect(connected || failure !== undefined).toBe(true));
  await socket.close();
  return failure;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const backOff = { minimum: 5, maximum: 20 };
/** A request that is not tried again. */
const subscription = { subscriberId: 'a', event: 'collect', timeout: 60 };
const impatient = { timeout: 0, pause: 1 };

describe('a core on TLS', () => {
  test('is trusted when its CA is, by every kind of connection', async () => {
    const core = await secureCore();
    core.answer('GET', '/config/a', { json: { config: { a: {} } } });

    const config = await client(core.uri).config('a');

    expect(config?.config).toEqual({ a: {} });
    expect(await socketFailure(core.uri)).toBeUndefined();
  });

  test.each<[string, IdentityOptions, string, string]>([
    [
      'whose certificate is for other hosts',
      { names: { dns: ['core.example'], ip: ['192.0.2.9'] } },
      'core_other_name',
      'DNS:core.example, IP Address:192.0.2.9',
    ],
    ['whose certificate has expired', { from: new Date(0), days: 1 }, 'core_certificate_expired', 'clock'],
    [
      'whose clock is an hour ahead',
      { from: new Date(Date.now() + hour) },
      'core_certificate_not_yet_valid',
      'Compare the clocks',
    ],
  ])('%s is refused, and the error says what to do', async (_title, identity, code, words) => {
    const core = await secureCore(identity);

    const errors = [await failureOf(client(core.uri).subscribe(subscription)), await socketFailure(core.uri)];

    expect(errors.map(errorCode)).toEqual([code, code]);
    for (const error of errors) expect(`${errorText(error)} ${errorHint(error)}`).toContain(words);
    expect(core.requests).toEqual([]);
    expect(core.sockets).toEqual([]);
  });

  test('with the certificate of an unknown CA is refused at once', async () => {
    const core = await secureCore();
    const others = await testAuthority('Other CA');

    const errors = [
      await failureOf(client(core.uri, { ca: others.certificate }).createGraph('a')),
      await failureOf(client(core.uri, {}).createGraph('a')),
      await socketFailure(core.uri, { ca: others.certificate }),
    ];

    expect(errors.map(errorCode)).toEqual(['core_untrusted', 'core_untrusted', 'core_untrusted']);
    expect(errorHint(errors[0])).toContain('--ca-cert');
    expect(core.requests).toEqual([]);
  });

  test('with a CA of the same name and another key is refused', async () => {
    const core = await secureCore();
    const impostor = await testAuthority();

    const error = await failureOf(client(core.uri, { ca: impostor.certificate }).createGraph('a'));

    expect(errorCode(error)).toBe('core_untrusted');
  });

  test('is asked whether it is ready before anybody is trusted', async () => {
    const core = await secureCore();

    await client(core.uri, {}).waitUntilReady(impatient);

    expect(core.requestsOf('GET', '/system/ready')).toHaveLength(1);
  });
});

test('a connection made before anybody is trusted carries nothing that needs trust', async () => {
  const core = await secureCore();
  const careful = client(core.uri, {});
  await careful.waitUntilReady(impatient);

  const error = await failureOf(careful.createGraph('a'));

  expect(errorCode(error)).toBe('core_untrusted');
  expect(core.requestsOf('POST', '/graph/a')).toEqual([]);
});

describe('without verification (W17)', () => {
  test('requests, searches, uploads and sockets reach a core nobody knows', async () => {
    const core = await secureCore({ names: { dns: ['core.example'], ip: [] }, from: new Date(0), days: 1 });
    const ndjson = { 'Content-Type': 'application/x-ndjson' };
    core.answer('GET', '/config/a', { json: { config: { a: {} } } });
    core.answer('POST', '/graph/resoto/search/list', {
      body: '{"id":"n","type":"node","reported":{}}\n',
      headers: ndjson,
    });
    core.answer('POST', '/graph/resoto/merge', { json: { nodes_created: 1 } });
    core.answer('PATCH', '/graph/resoto/nodes', { body: '', headers: ndjson });
    const trust = { rejectUnauthorized: false };
    const careless = client(core.uri, trust);

    const ids: string[] = [];
    for await (const { id } of careless.searchList('resoto', 'all')) ids.push(id);
    const merged = await careless.merge('resoto', { body: oneLine, nodes: 1, edges: 0 });
    await careless.patchNodes('resoto', [{ id: 'n' }]);
    const config = await careless.config('a');
    const socket = await socketFailure(core.uri, trust);

    expect({ ids, created: merged.nodes_created, config: config?.config, socket }).toEqual({
      ids: ['n'],
      created: 1,
      config: { a: {} },
      socket: undefined,
    });
  });

  async function* oneLine(): AsyncGenerator<string> {
    yield '{}\n';
  }
});

describe('the wrong scheme', () => {
  test('https for a core on plain HTTP is said at once', async () => {
    const core = await ScriptedCore.start();
    ending.push(() => core.stop());
    const uri = core.uri.replace('http:', 'https:');

    const errors = [await failureOf(client(uri).createGraph('a')), await socketFailure(uri)];

    expect(errors.map(errorCode)).toEqual(['core_speaks_otherwise', 'core_speaks_otherwise']);
    expect(errorHint(errors[0])).toContain('8900 is https and 8980 is http');
  });

  test('http for a core on TLS is said', async () => {
    const core = await secureCore();

    const error = await failureOf(client(core.uri.replace('https:', 'http:')).waitUntilReady(impatient));

    expect([errorCode(error), errorHint(error)]).toEqual(['core_speaks_otherwise', `Use the address ${core.uri}.`]);
    expect(errorText(error)).toContain('the core there speaks TLS');
  });

  test('http for TLS that answers with an alert is said at once', async () => {
    const server = createServer((socket) => socket.resume().end(Buffer.from('15030100020246', 'hex')));
    await listening(server);

    const error = await failureOf(client(`http://127.0.0.1:${portOf(server)}`).createGraph('a'));

    expect(errorCode(error)).toBe('core_speaks_otherwise');
  });
});

test('a token that is refused while the clocks differ by an hour is put down to the clocks', async () => {
  const core = await ScriptedCore.start();
  ending.push(() => core.stop());
  const date = new Date(Date.now() + hour).toUTCString();
  core.answer('POST', '/graph/a', { status: 401, headers: { Date: date } });
  const keyed = new CoreClient({ connection: coreConnection({ uri: core.uri, psk: 'secret' }), backOff });
  ending.push(() => keyed.close());

  const error = await failureOf(keyed.createGraph('a'));

  expect(errorHint(error)).toContain('differ by 60 minutes');
});

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
