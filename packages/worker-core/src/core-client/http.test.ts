import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { errorCode } from '../errors.ts';
import { verifyToken } from '../protocol/token.ts';
import type { ScriptedAnswer } from '../testing/scripted/answer.ts';
import { eventually } from '../testing/eventually.ts';
import { ScriptedCore } from '../testing/scripted-core.ts';
import { coreConnection, pathOf } from './connection.ts';
import { CoreHttp, type CoreRequest } from './http.ts';

let core: ScriptedCore;
const ending: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  core = await ScriptedCore.start();
  ending.push(() => core.stop());
});

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

const get: CoreRequest = { method: 'GET', path: '/thing' };

function coreHttp(uri = core.uri, psk?: string): CoreHttp {
  const http = new CoreHttp({ connection: coreConnection({ uri, psk }), backOff: { minimum: 5, maximum: 20 } });
  ending.push(() => http.close());
  return http;
}

/** Answers one after the other, the last one for ever. */
function inTurn(...answers: readonly ScriptedAnswer[]): void {
  core.answer('GET', '/thing', (_request, previous) => answers[Math.min(previous, answers.length - 1)] ?? 'cut');
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('an address', () => {
  test('keeps its path and loses its trailing slash', () => {
    const connection = coreConnection({ uri: 'https://core.example:8900/inventory/' });

    expect(connection.httpUrl('/system/ready').href).toBe('https://core.example:8900/inventory/system/ready');
    expect(connection.socketUrl('/events', { show: 'collect' }).href).toBe(
      'wss://core.example:8900/inventory/events?show=collect',
    );
    expect(connection.secure).toBe(true);
  });

  test('without TLS leads to sockets without TLS', () => {
    expect(coreConnection({ uri: 'http://core:8980' }).socketUrl('/events').href).toBe('ws://core:8980/events');
  });

  test('never shows user and password', () => {
    expect(coreConnection({ uri: 'http://user:secret@core:8980' }).uri).toBe('http://core:8980');
  });

  test.each(['core:8900', 'ftp://core', '', 'http://'])('that is none is refused: %j', (uri) => {
    expect(() => coreConnection({ uri })).toThrow(expect.objectContaining({ code: 'wrong_core_uri' }));
  });

  test('takes ids with any character', () => {
    expect(pathOf('config', 'team/a b#1')).toBe('/config/team/a%20b%231');
  });
});

describe('a request', () => {
  test('W29: without key has neither token nor origin', async () => {
    inTurn({ json: 1 });

    await coreHttp().json(get);

    expect(core.requests[0]?.headers).not.toHaveProperty('authorization');
    expect(core.requests[0]?.headers).not.toHaveProperty('origin');
  });

  test('W14: carries a fresh token with each attempt', async () => {
    inTurn({ status: 503 }, { json: 1 });

    await coreHttp(core.uri, 'secret').json(get);

    const tokens = core.requests.map(({ headers }) => headers.authorization?.replace('Bearer ', '') ?? '');
    expect(new Set(tokens).size).toBe(2);
    await expect(verifyToken(tokens[1] ?? '', 'secret')).resolves.toHaveProperty('exp');
  });

  test.each([408, 429, 502, 503, 504])('W15: that is answered with %i is sent again', async (status) => {
    inTurn({ status }, { status }, { json: 'here' });

    await expect(coreHttp().json(get)).resolves.toMatchObject({ value: 'here' });
    expect(core.requests).toHaveLength(3);
  });

  test.each([400, 403, 404, 413, 500])('W15: that is answered with %i is not', async (status) => {
    inTurn({ status, body: 'Error: X\nMessage: no' }, { json: 1 });

    await expect(coreHttp().json(get)).rejects.toMatchObject({ status, text: 'Error: X Message: no' });
    expect(core.requests).toHaveLength(1);
  });

  test('W15: whose connection is cut is sent again', async () => {
    inTurn('cut', { json: 'here' });

    await expect(coreHttp().json(get)).resolves.toMatchObject({ value: 'here' });
  });

  test('that must not be repeated is not, once the core may have seen it', async () => {
    inTurn('cut', { json: 'here' });

    await expect(coreHttp().json({ ...get, repeatable: false })).rejects.toMatchObject({ code: 'connection_closed' });
    expect(core.requests).toHaveLength(1);
  });

  test('finds a core that was away when it started', async () => {
    await core.stop();
    inTurn({ json: 'here' });

    const answer = coreHttp().json({ ...get, repeatable: false });
    await new Promise((resolve) => setTimeout(resolve, 30));
    await core.listen();

    await expect(answer).resolves.toMatchObject({ value: 'here' });
  });

  test('W15: waits as long as the core asks for', async () => {
    inTurn({ status: 503, headers: { 'Retry-After': '1' } }, { json: 1 });
    const start = performance.now();

    await coreHttp().json(get);

    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
  });

  test('gives up when its patience ends', async () => {
    inTurn({ status: 503, body: 'later' });

    const error = await failure(coreHttp().json({ ...get, patience: 1_000 }));

    expect(error).toMatchObject({ code: 'core_failed', status: 503 });
    expect(core.requests.length).toBeGreaterThan(2);
  });

  test('ends with the reason of its signal, while it waits for an answer and while it pauses', async () => {
    const reason = new Error('enough');
    for (const answer of ['hang', { status: 503, headers: { 'Retry-After': '60' } }] as const) {
      inTurn(answer);
      const controller = new AbortController();
      const before = core.requests.length;

      const waiting = failure(coreHttp().json({ ...get, signal: controller.signal, patience: 100_000 }));
      await eventually(() => expect(core.requests).toHaveLength(before + 1));
      controller.abort(reason);

      expect(await waiting).toBe(reason);
    }
  });

  test('does not wait for ever for a core that hangs', async () => {
    inTurn('hang');

    await expect(coreHttp().json({ ...get, idleTimeout: 30, patience: 0 })).rejects.toMatchObject({
      code: 'timed_out',
    });
  });

  test.each([200, 400])('does not wait for ever for an answer with %i that drips', async (status) => {
    inTurn({ status, body: 'x'.repeat(1000), pace: 10 });
    const dripping = coreHttp().text({ ...get, idleTimeout: 300, patience: 0 });

    await expect(dripping).rejects.toThrow(/no answer of the core in time/);
    expect(core.requests).toHaveLength(1);
  });

  test('sends its body from the beginning with each attempt', async () => {
    core.answer('POST', '/thing', (_request, previous) => (previous === 0 ? 'cut' : { json: 1 }));
    let opened = 0;

    await coreHttp().json({
      method: 'POST',
      path: '/thing',
      body: async function* () {
        opened += 1;
        yield 'one\n';
        yield Buffer.from('two\n');
      },
    });

    expect(opened).toBe(2);
    expect(core.requests.map(({ body }) => body)).toEqual(['one\ntwo\n', 'one\ntwo\n']);
  });

  test('whose body cannot be read fails with that error and is not sent again', async () => {
    const error = new Error('disk gone');
    let opened = 0;

    const body = async function* (): AsyncGenerator<string> {
      opened += 1;
      yield 'one\n';
      throw error;
    };

    expect(await failure(coreHttp().json({ method: 'POST', path: '/thing', body }))).toBe(error);
    expect(opened).toBe(1);
  });
});

describe('a wrong key', () => {
  test('W29: is tried with one new token, then named', async () => {
    inTurn({ status: 401 });

    const error = await failure(coreHttp(core.uri, 'very-secret').json(get));

    expect(error).toMatchObject({ code: 'core_wrong_key', hint: expect.stringContaining('different pre-shared keys') });
    expect(core.requests).toHaveLength(2);
  });

  test('is never shown', async () => {
    inTurn({ status: 401, body: 'wrong' });

    const error = await failure(coreHttp(core.uri, 'very-secret').json(get));

    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('very-secret');
  });

  test('that is missing is asked for', async () => {
    inTurn({ status: 401 });

    await expect(coreHttp().json(get)).rejects.toMatchObject({
      hint: expect.stringContaining('asks for its pre-shared key'),
    });
  });
});

describe('what is no core', () => {
  test('but a web page is called so', async () => {
    inTurn({ body: '<html></html>', headers: { 'Content-Type': 'text/html' } });

    await expect(coreHttp().json(get)).rejects.toMatchObject({
      code: 'not_a_core',
      message: expect.stringContaining('text/html'),
    });
    await expect(all(coreHttp().rows(get))).rejects.toMatchObject({ code: 'not_a_core' });
  });

  test('and not there is unreachable', async () => {
    await core.stop();

    await expect(coreHttp().json({ ...get, patience: 0 })).rejects.toMatchObject({
      code: 'core_unreachable',
      message: expect.stringContaining(core.uri),
    });
  });

  test('but speaks without TLS is told apart at once', async () => {
    const https = coreHttp(core.uri.replace('http:', 'https:'));

    await expect(https.json(get)).rejects.toMatchObject({ code: 'core_speaks_otherwise' });
  });

  test('and speaks no HTTP is told apart at once', async () => {
    const server = createServer((socket) => socket.resume().end('220 mail.example ESMTP\r\n'));
    await listening(server);

    const error = await failure(coreHttp(`http://127.0.0.1:${portOf(server)}`).json(get));

    expect(errorCode(error)).toBe('core_speaks_otherwise');
  });
});

describe('rows', () => {
  test('arrive one by one with exact integers', async () => {
    inTurn({ body: '{"n":9007199254740993}\n{"n":2}\n', headers: { 'Content-Type': 'application/x-ndjson' } });

    expect(await all(coreHttp().rows(get))).toEqual([{ n: 9007199254740993n }, { n: 2 }]);
    expect(core.requests[0]?.headers.accept).toBe('application/x-ndjson');
  });

  test('that end too early are an error, not the end', async () => {
    const server = createServer((socket) => {
      socket.resume();
      socket.write(
        'HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"n":1}\n\r\n',
      );
      setTimeout(() => socket.destroy(), 10);
    });
    await listening(server);
    const seen: unknown[] = [];

    const error = await failure(
      (async () => {
        for await (const row of coreHttp(`http://127.0.0.1:${portOf(server)}`).rows(get)) seen.push(row);
      })(),
    );

    expect(seen).toEqual([{ n: 1 }]);
    expect(errorCode(error)).toBe('connection_closed');
  });
});

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
