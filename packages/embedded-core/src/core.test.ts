import { existsSync, mkdirSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { gunzipSync, gzipSync, deflateSync, inflateSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { closeCores, core, directory } from '../test/cores.ts';
import { call, callJson, eventually, openSocket } from '../test/wire-client.ts';

afterEach(closeCores);

describe('start', () => {
  test('is ready on a free port of this machine', async () => {
    const { uri } = await core();

    expect(uri).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await call(uri, 'GET', '/system/ready')).text).toBe('ok');
    expect((await call(uri, 'GET', '/system/ping')).text).toBe('pong');
  });

  test('says that the port is in use', async () => {
    const { uri } = await core();

    const port = Number(new URL(uri).port);

    await expect(core({ port })).rejects.toMatchObject({
      code: 'port_in_use',
      message: `Cannot listen on 127.0.0.1:${port}: the port is in use`,
    });
  });

  test('refuses to be open to others without a key, unless forced', async () => {
    await expect(core({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'open_core' });

    const forced = await core({ host: '0.0.0.0', allowOpen: true });
    const keyed = await core({ host: '0.0.0.0', psk: 'key' });

    expect((await call(forced.uri.replace('0.0.0.0', '127.0.0.1'), 'GET', '/subscribers')).status).toBe(200);
    expect((await call(keyed.uri.replace('0.0.0.0', '127.0.0.1'), 'GET', '/subscribers')).status).toBe(401);
  });

  test('a data directory belongs to one core at a time', async () => {
    const data = join(directory(), 'state');
    const first = await core({ data });

    await expect(core({ data })).rejects.toMatchObject({ code: 'data_in_use' });
    await first.close();
    await core({ data });

    expect(statSync(data).mode & 0o777).toBe(0o700);
  });

  test('a data directory that cannot be written is not taken for one that somebody else has', async () => {
    const data = directory();
    mkdirSync(join(data, 'core.lock'));

    await expect(core({ data })).rejects.toMatchObject({ code: 'data_unusable' });
  });

  test('refuses a schedule it cannot read, and one for a workflow it does not have', async () => {
    await expect(core({ cron: { collect: 'hourly' } })).rejects.toMatchObject({ code: 'wrong_configuration' });
    await expect(core({ cron: { nothing: '0 * * * *' } })).rejects.toMatchObject({ code: 'wrong_configuration' });
  });

  test.each(['resoto', 'fix'] as const)('%s has its default graph', async (generation) => {
    const { uri } = await core({ generation });

    expect(await callJson(uri, 'GET', '/graph')).toEqual([generation]);
  });
});

describe('answers', () => {
  test('errors are text with a name and a message', async () => {
    const { uri } = await core();

    const reply = await call(uri, 'GET', '/config/none');

    expect(reply.status).toBe(404);
    expect(reply.headers['content-type']).toMatch(/^text\/plain/);
    expect(reply.text).toBe('Error: NotFound\nMessage: No config with this id');
  });

  test('unknown paths are 404, known ones with another method 405', async () => {
    const { uri } = await core();

    expect((await call(uri, 'GET', '/nowhere')).status).toBe(404);
    expect((await call(uri, 'POST', '/subscribers')).status).toBe(405);
  });

  test('streams are arrays, or lines when asked for', async () => {
    const { uri } = await core();
    for (const id of ['a', 'b']) await call(uri, 'PUT', `/config/${id}`, { body: {} });

    const array = await call(uri, 'GET', '/configs');
    const lines = await call(uri, 'GET', '/configs', { headers: { Accept: 'application/x-ndjson' } });

    expect(JSON.parse(array.text)).toEqual(['a', 'b']);
    expect(array.headers['content-type']).toBe('application/json');
    expect(lines.text).toBe('"a"\n"b"\n');
    expect(lines.headers['content-type']).toBe('application/x-ndjson');
  });

  test('streams are compressed as the client accepts', async () => {
    const { uri } = await core();

    const gzip = await call(uri, 'GET', '/configs', { headers: { 'Accept-Encoding': 'deflate, gzip' } });
    const deflate = await call(uri, 'GET', '/configs', { headers: { 'Accept-Encoding': 'deflate;q=1, gzip;q=0' } });

    expect(gunzipSync(gzip.body).toString()).toBe('[]');
    expect(inflateSync(deflate.body).toString()).toBe('[]');
  });
});

test('a long answer keeps to the pace of its reader', async () => {
  const { uri } = await core();
  const body = `json ${JSON.stringify(Array.from({ length: 20_000 }, (_, index) => `${index} ${'x'.repeat(100)}`))} | dump`;

  const reply = await call(uri, 'POST', '/cli/execute', { body, headers: { Accept: 'text/plain' } });

  expect(reply.text.split('\n')).toHaveLength(20_001);
});

describe('bodies', () => {
  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ] as const)('%s is decoded', async (encoding, encode) => {
    const { uri } = await core();
    const body = encode(Buffer.from('{"section":{"a":1}}'));

    const reply = await call(uri, 'PUT', '/config/x', {
      body,
      headers: { 'Content-Type': 'application/json; charset=utf-8', 'Content-Encoding': encoding },
    });

    expect(JSON.parse(reply.text)).toEqual({ section: { a: 1 } });
  });

  test('another content type than JSON is 406', async () => {
    const { uri } = await core();

    const reply = await call(uri, 'PUT', '/config/x', { body: '{}', headers: { 'Content-Type': 'text/plain' } });

    expect([reply.status, reply.text]).toEqual([406, 'Error: NotAcceptable\nMessage: Only support json']);
  });

  test('what is no JSON is 400', async () => {
    const { uri } = await core();
    const headers = { 'Content-Type': 'application/json' };

    expect((await call(uri, 'PUT', '/config/x', { body: '{"a":', headers })).status).toBe(400);
  });

  test('more than 5 MiB is 413', async () => {
    const { uri } = await core();
    const body = { big: 'x'.repeat(5 * 1024 * 1024) };

    expect((await call(uri, 'PUT', '/config/x', { body })).status).toBe(413);
  });

  test('integers of 64 bits keep their digits', async () => {
    const { uri } = await core();
    const body = '{"s":{"n":9007199254740993}}';

    await call(uri, 'PUT', '/config/x', { body, headers: { 'Content-Type': 'application/json' } });

    expect((await call(uri, 'GET', '/config/x')).text).toBe(body);
  });
});

describe('sockets', () => {
  test('a frame ends with a newline', async () => {
    const { uri } = await core();
    const socket = await openSocket(uri, '/events?show=hello');

    socket.send({ kind: 'event', message_type: 'hello', data: {} });
    await socket.next();

    expect(socket.frames[0]).toMatch(/^\{.*\}\n$/);
  });

  test('blank and binary frames are ignored', async () => {
    const { uri } = await core();
    const socket = await openSocket(uri, '/events?show=hello');

    socket.sendText('  \n');
    socket.sendBytes(Buffer.from('not json'));
    socket.send({ kind: 'event', message_type: 'hello', data: {} });

    expect(await socket.next()).toMatchObject({ message_type: 'hello' });
  });

  test.each([
    ['no JSON', 'hello'],
    ['an unknown kind', '{"kind":"greeting","message_type":"x","data":{}}'],
    ['an action', '{"kind":"action","message_type":"x","data":{"task":"t","step":"s"}}'],
    ['a reply without step', '{"kind":"action_done","message_type":"x","data":{"task":"t"}}'],
    [
      'an information without level',
      '{"kind":"action_info","message_type":"x","data":{"task":"t","step":"s","message":"m"}}',
    ],
    [
      'impossible progress',
      '{"kind":"action_progress","message_type":"x","data":{"task":"t","step":"s","at":"2024-01-01T00:00:00Z","progress":{"kind":"progress","name":"x","current":2,"total":1}}}',
    ],
    ['an authorization', '{"kind":"authorization","jwt":"Bearer x"}'],
  ])('%s closes the connection', async (_, frame) => {
    const { uri } = await core();
    const socket = await openSocket(uri, '/events');

    socket.sendText(frame);

    expect(await socket.closed).toBe(1005);
  });

  test('a frame above 4 MiB closes the connection with 1009', async () => {
    const { uri } = await core();
    const socket = await openSocket(uri, '/events');

    socket.send({ kind: 'event', message_type: 'x', data: { big: 'x'.repeat(4 * 1024 * 1024) } });

    expect(await socket.closed).toBe(1009);
  });

  test('the core pings', async () => {
    const { uri } = await core({ timers: { pingEvery: 10 } });
    const socket = await openSocket(uri, '/events');

    const pings = await eventually(() => (socket.pings >= 2 ? socket.pings : undefined));

    expect(pings).toBeGreaterThanOrEqual(2);
  });
});

test('a connection that answers no pings is cut', async () => {
  const { uri } = await core({ timers: { pingEvery: 10, pongWithin: 20 } });

  const silent = await openSocket(uri, '/events', {}, { autoPong: false });

  expect(await silent.closed).toBe(1006);
});

describe('close', () => {
  test('ends connections and removes what was only temporary', async () => {
    const running = await core();
    const socket = await openSocket(running.uri, '/events');

    await running.close();

    expect(await socket.closed).toBe(1001);
    await expect(call(running.uri, 'GET', '/system/ready')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('does not wait for an upload that never ends', async () => {
    const running = await core({ timers: { closeGrace: 30 } });
    const upload = request(`${running.uri}/graph/resoto/merge`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-ndjson' },
    });
    const ended = new Promise<string>((resolve) => {
      upload.once('error', () => resolve('cut'));
      upload.once('response', ({ statusCode }) => resolve(`${statusCode}`));
    });
    await new Promise((resolve) => upload.write('{"id":"x"', resolve));

    await running.close();

    expect(['503', '400', 'cut']).toContain(await ended);
  });

  test('keeps its state where it was told to', async () => {
    const data = directory();
    const first = await core({ data });
    await callJson(first.uri, 'PUT', '/config/x', { body: { section: { a: 1 } } });
    await first.close();

    const second = await core({ data });

    expect(existsSync(join(data, 'core.db'))).toBe(true);
    expect(await callJson(second.uri, 'GET', '/config/x')).toEqual({ section: { a: 1 } });
  });
});
