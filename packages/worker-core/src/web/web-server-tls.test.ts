import { createSecureContext, connect, type TLSSocket } from 'node:tls';
import { connect as connectPlain } from 'node:net';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { createAuthority } from '../core-client/tls/authority.ts';
import { eventually } from '../testing/eventually.ts';
import { recordingLog } from '../testing/recording-log.ts';
import { Health } from './health.ts';
import type { ServerIdentity } from '../core-client/tls/server-identity.ts';
import { startWebServer, type WebServer } from './web-server.ts';

let first: ServerIdentity;
let second: ServerIdentity;
const ending: (() => Promise<void>)[] = [];

beforeAll(async () => {
  [first, second] = await Promise.all([identityOf('first'), identityOf('second')]);
});

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

test('serves with the certificate of the worker', async () => {
  const server = await secureServer();

  const { text, name } = await health(server, first);

  expect(server.url).toMatch(/^https:/);
  expect([name, text]).toEqual(['CN=first', 'ok\r\n']);
});

test('new connections get a renewed certificate, and those that are open go on', async () => {
  const server = await secureServer();
  const open = await connected(server, first);

  server.renew(second);
  const answers = [await answerOn(open), await health(server, second)];
  const refused = await health(server, first).catch((error: unknown) => error);

  expect(answers.map(({ name, text }) => [name, text])).toEqual([
    ['CN=first', 'ok\r\n'],
    ['CN=second', 'ok\r\n'],
  ]);
  expect(refused).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
});

test('a resumed session gets the renewed certificate, too', async () => {
  const server = await secureServer();
  const socket = await connected(server, first);
  const session = new Promise<Buffer>((resolve) => socket.once('session', resolve));
  await answerOn(socket);

  server.renew(second);
  const { name } = await answerOn(await connected(server, second, await session));

  expect(name).toBe('CN=second');
});

test('a certificate that does not fit its key is refused, and the one in use stays', async () => {
  const server = await secureServer();

  const renewal = (): void => server.renew({ cert: second.cert, key: first.key });

  expect(renewal).toThrow(expect.objectContaining({ code: 'wrong_certificate' }));
  expect((await health(server, first)).name).toBe('CN=first');
});

test('a server does not start with a certificate it cannot use', async () => {
  const starting = secureServer({ cert: first.cert, key: 'no key' });

  await expect(starting).rejects.toMatchObject({ code: 'wrong_certificate' });
});

test('who speaks plain HTTP, or nothing at all, is cut off', async () => {
  const server = await secureServer(first, 50);
  const sockets = ['GET / HTTP/1.1\r\n\r\n', ''].map((text) => {
    const socket = connectPlain(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(text));
    return socket.on('error', () => {}).resume();
  });

  await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))));

  // A handshake may be too slow itself.
  await eventually(async () => expect((await health(server, first)).text).toBe('ok\r\n'));
});

async function secureServer(identity: ServerIdentity = first, patience?: number): Promise<WebServer> {
  const server = await startWebServer({
    ...{ host: '127.0.0.1', port: 0, path: '/', identity, health: new Health(), log: recordingLog() },
    metrics: async () => '',
    info: () => ({}),
    status: () => ({ worker: 'resoto.worker', runs: [] }),
    ...(patience !== undefined && { patience }),
  });
  ending.push(() => server.close());
  return server;
}

async function health(server: WebServer, trusted: ServerIdentity) {
  return answerOn(await connected(server, trusted));
}

function connected({ url }: WebServer, trusted: ServerIdentity, session?: Buffer): Promise<TLSSocket> {
  const { hostname: host, port } = new URL(url);
  const secureContext = createSecureContext({ ca: trusted.cert });
  return new Promise((resolve, reject) => {
    const options = { host, port: Number(port), secureContext, checkServerIdentity: () => undefined };
    const socket = connect({ ...options, ...(session && { session }) }, () => resolve(socket));
    socket.on('error', reject);
    ending.push(async () => void socket.destroy());
  });
}

function answerOn(socket: TLSSocket): Promise<{ readonly text: string; readonly name: string }> {
  const name = socket.getPeerX509Certificate()?.subject ?? '';
  return new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve({ text: text.split('\r\n\r\n').slice(1).join('\r\n\r\n'), name }));
    socket.write('GET /health HTTP/1.1\r\nHost: worker\r\nConnection: close\r\n\r\n');
  });
}

/** A certificate that signs itself: who trusts it trusts no other. */
async function identityOf(name: string): Promise<ServerIdentity> {
  const { certificate, key } = await createAuthority({ CN: name }, new Date());
  return { cert: certificate, key };
}
