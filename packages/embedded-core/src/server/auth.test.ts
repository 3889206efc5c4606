import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createToken } from '@resoto/worker-core';
import { closeCores, core } from '../../test/cores.ts';
import { call, openSocket } from '../../test/wire-client.ts';
import { TokenCheck } from './token-check.ts';

const PSK = 'change-me';
let uri = '';

afterEach(closeCores);

describe('with a pre-shared key', () => {
  beforeEach(async () => {
    ({ uri } = await core({ psk: PSK }));
  });

  async function status(path: string, headers: Record<string, string> = {}): Promise<number> {
    return (await call(uri, 'GET', path, { headers })).status;
  }

  test('the fixed token of the protocol is accepted', async () => {
    const token =
      'eyJhbGciOiJIUzI1NiIsInNhbHQiOiJBQUVDQXdRRkJnY0lDUW9MREEwT0R3PT0iLCJ0eXAiOiJKV1QifQ' +
      '.eyJleHAiOjQxMDI0NDQ4MDB9.FNRcWE3J8vguRHhFCLuYmiflBT8aWpZnv9MkuPbuxcg';

    expect(await status('/subscribers', { Authorization: `Bearer ${token}` })).toBe(200);
  });

  test('a fresh token is accepted in the header and in the cookie, whatever the case of the scheme', async () => {
    const token = await createToken(PSK);

    expect(await status('/subscribers', { Authorization: `bearer ${token}` })).toBe(200);
    expect(await status('/subscribers', { Cookie: `a=b; resoto_authorization="Bearer ${token}"` })).toBe(200);
  });

  test('nothing but the open paths is served without a token', async () => {
    expect(await status('/subscribers')).toBe(401);
    expect(await status('/nowhere')).toBe(401);
    expect(await status('/system/ready')).toBe(200);
    expect(await status('/system/ping')).toBe(200);
  });

  test('a wrong token is refused even where none is needed', async () => {
    const foreign = await createToken('another key');
    const expired = await createToken(PSK, {}, { lifetime: -1 });

    expect(await status('/system/ready', { Authorization: `Bearer ${foreign}` })).toBe(401);
    expect(await status('/system/ready', { Authorization: `Bearer ${expired}` })).toBe(401);
    expect(await status('/system/ready', { Authorization: 'Basic dTpw' })).toBe(401);
  });

  test('a token that was accepted once is refused when it has expired', async () => {
    const credentials = `Bearer ${await createToken(PSK)}`;
    let now = Date.now();
    const check = new TokenCheck(PSK, () => now);
    await check.verify(credentials);

    now += 298_000;
    await check.verify(credentials);
    now += 3_000;

    await expect(check.verify(credentials)).rejects.toMatchObject({ status: 401 });
  });

  test('a token without salt is refused', async () => {
    const head = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
    const body = Buffer.from('{"exp":4102444800}').toString('base64url');
    const signature = createHmac('sha256', PSK).update(`${head}.${body}`).digest('base64url');

    expect(await status('/subscribers', { Authorization: `Bearer ${head}.${body}.${signature}` })).toBe(401);
  });

  test('what is no token at all gives 500, as the reference does', async () => {
    expect(await status('/system/ready', { Authorization: 'nonsense' })).toBe(500);
    expect(await status('/system/ready', { Authorization: 'Bearer nonsense' })).toBe(500);
  });

  test('a foreign origin is refused before the token is looked at', async () => {
    const token = await createToken(PSK);
    const headers = { Authorization: `Bearer ${token}`, Origin: 'http://evil.example' };

    expect(await status('/subscribers', headers)).toBe(403);
    expect(await status('/system/ready', { Origin: 'http://evil.example' })).toBe(403);
    expect(await status('/system/ready', { Origin: 'http://127.0.0.1:1' })).toBe(200);
  });

  test('sockets need a token as well', async () => {
    await expect(openSocket(uri, '/events')).rejects.toThrow('401');
    await expect(openSocket(uri, '/work/queue')).rejects.toThrow('401');
    await expect(openSocket(uri, '/subscriber/x/handle')).rejects.toThrow('401');

    const socket = await openSocket(uri, '/events', { Authorization: `Bearer ${await createToken(PSK)}` });
    await socket.close();
  });
});

describe('without a pre-shared key', () => {
  beforeEach(async () => {
    ({ uri } = await core({ psk: '' }));
  });

  test('tokens are not looked at', async () => {
    expect((await call(uri, 'GET', '/subscribers', { headers: { Authorization: 'nonsense' } })).status).toBe(200);
  });

  test('only requests that name this machine are served', async () => {
    expect((await call(uri, 'GET', '/subscribers', { headers: { Host: 'rebound.example' } })).status).toBe(403);
    expect((await call(uri, 'GET', '/subscribers', { headers: { Host: 'localhost:80' } })).status).toBe(200);
  });
});

test('the fix generation has its own cookie', async () => {
  const { uri: fix } = await core({ generation: 'fix', psk: PSK });
  const headers = { Cookie: `fix_authorization=${encodeURIComponent(`Bearer ${await createToken(PSK)}`)}` };

  expect((await call(fix, 'GET', '/subscribers', { headers })).status).toBe(200);
});
