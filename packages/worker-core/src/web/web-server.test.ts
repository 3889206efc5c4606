import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { errorCode } from '../errors.ts';
import { eventually } from '../testing/eventually.ts';
import { recordingLog, type RecordingLog } from '../testing/recording-log.ts';
import { Health } from './health.ts';
import { isWithoutIpv6, listen } from './listen.ts';
import { startWebServer, type WebServer, type WebServerOptions } from './web-server.ts';

const ending: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

interface Started {
  readonly server: WebServer;
  readonly health: Health;
  readonly log: RecordingLog;
}

async function webServer(options: Partial<WebServerOptions> = {}): Promise<Started> {
  const health = new Health();
  const log = recordingLog();
  const server = await startWebServer({
    host: '127.0.0.1',
    port: 0,
    path: '/',
    health,
    metrics: async () => `# HELP resoto_worker_connected\n${'resoto_worker_connected 1\n'.repeat(100)}`,
    info: () => ({ active_collectors: ['aws'], all_collectors: ['aws', 'gcp'] }),
    status: () => ({ worker: 'resoto.worker', runs: [] }),
    log,
    ...options,
  });
  ending.push(() => server.close());
  return { server, health, log };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

/** Sends the path exactly as it is. */
function ask(
  { url }: WebServer,
  path: string,
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body, text: body.toString() });
      });
    });
    request.on('error', reject);
    request.end();
  });
}

describe('what is served', () => {
  test('health answers as the reference does', async () => {
    const { server, health } = await webServer();
    const actions = health.condition('CoreActions', { ready: true });
    const tasks = health.condition('CoreTasks', { ready: true });

    const failed = await ask(server, '/health');
    for (const condition of [actions, tasks]) condition.set(true);
    const well = await ask(server, '/health');

    expect([failed.status, failed.text]).toEqual([503, 'not ok\r\n\r\n- CoreActions\r\n- CoreTasks\r\n']);
    expect([well.status, well.text]).toEqual([200, 'ok\r\n']);
    expect(well.headers['content-type']).toMatch(/^text\/plain\b/);
  });

  test('ready and live are apart, and say why (no. 27)', async () => {
    const { server, health } = await webServer();
    health.condition('CoreActions', { ready: true }).set(false, 'the core is away');

    const [ready, live] = [await ask(server, '/ready'), await ask(server, '/live')];

    expect([ready.status, ready.text]).toEqual([503, 'not ok\r\n\r\n- CoreActions: the core is away\r\n']);
    expect([live.status, live.text]).toEqual([200, 'ok\r\n']);
  });

  test('info is JSON, metrics are the text format of Prometheus', async () => {
    const { server } = await webServer();

    const [info, metrics] = [await ask(server, '/info'), await ask(server, '/metrics')];

    expect(info.headers['content-type']).toBe('application/json');
    expect(JSON.parse(info.text)).toEqual({ active_collectors: ['aws'], all_collectors: ['aws', 'gcp'] });
    expect(metrics.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(metrics.text).toMatch(/^resoto_worker_connected 1$/m);
  });

  test.each([
    ['/web', ['/web/health', '/web//health/', '/health', '/w%65b/h%65alth?x=1', 'http://worker:9956/web/health']],
    ['/a/b c/', ['/a/b%20c/health', '/health/']],
    ['web', ['/web/health']],
    ['/health', ['/health', '/health/health']],
    ['', ['/health']],
  ])('with the path %p everything is below it and at the top', async (path, targets) => {
    const { server } = await webServer({ path });

    const answers = await Promise.all(targets.map((target) => ask(server, target)));

    expect(answers.map(({ text }) => text)).toEqual(targets.map(() => 'ok\r\n'));
  });

  test.each([
    '/nothing',
    '/health/x',
    '/web',
    '/../etc/passwd',
    '/%2e%2e/health',
    '/health%2f',
    '/__proto__',
    '/constructor',
  ])('%s is not found, and says nothing about the worker', async (path) => {
    const { server, log } = await webServer();

    const { status, text } = await ask(server, path);

    expect([status, text]).toEqual([404, 'Nothing is served here\r\n']);
    expect(log.records.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('a path with broken escapes is a bad request', async () => {
    const { server } = await webServer();

    const { status } = await ask(server, '/%zz');

    expect(status).toBe(400);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])('%s is not allowed', async (method) => {
    const { server } = await webServer();

    const { status, headers } = await ask(server, '/health', { method });

    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  });

  test('HEAD has the headers of GET and no body', async () => {
    const { server } = await webServer();

    const [get, head] = [await ask(server, '/metrics'), await ask(server, '/metrics', { method: 'HEAD' })];

    expect(head.body).toHaveLength(0);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
  });

  test.each([
    ['gzip, deflate, br', true],
    ['br;q=1, GZIP; q=0.5', true],
    ['*', true],
    ['identity', false],
    ['gzip;q=0, *', false],
    ['', false],
  ])('with Accept-Encoding %p, compressed is %p', async (header, isCompressed) => {
    const { server } = await webServer();
    const plain = await ask(server, '/metrics');

    const answer = await ask(server, '/metrics', { headers: { 'accept-encoding': header } });

    expect(answer.headers['content-encoding']).toBe(isCompressed ? 'gzip' : undefined);
    expect((isCompressed ? gunzipSync(answer.body) : answer.body).toString()).toBe(plain.text);
    expect(answer.headers.vary).toBe('Accept-Encoding');
  });

  test('a page that fails says so without its reason, and the log has it', async () => {
    const { server, log } = await webServer({ metrics: () => Promise.reject(new Error('secret detail')) });

    const { status, text } = await ask(server, '/metrics');

    expect(status).toBe(500);
    expect(text).not.toContain('secret detail');
    expect(log.messages('error')).toEqual(['a page of the web server failed']);
  });
});

describe('the page', () => {
  test('says in words what state the worker is in', async () => {
    const { server, health } = await webServer({
      status: () => ({
        worker: 'resoto.worker',
        runs: [
          {
            ...{ name: 'collect aws', endedAt: new Date('2024-05-06T07:08:09Z'), seconds: 61.4 },
            result: 'partial: 1 of 2 accounts imported, 10 nodes',
          },
        ],
      }),
    });
    health.condition('CoreActions', { ready: true }).set(false, 'the core is away');

    const { status, headers, text } = await ask(server, '/');

    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('This worker cannot take work at the moment.');
    expect(text).toContain('not well: the core is away');
    expect(text).toContain('Enabled: aws. Installed, but not enabled: gcp.');
    expect(text).toContain('2024-05-06 07:08:09 UTC');
    expect(text).toContain('partial: 1 of 2 accounts imported, 10 nodes');
  });

  test.each(['/', '/web', '/web/', '/deep/er', '/deep/er/'])('at %s its links lead somewhere', async (path) => {
    const { server } = await webServer({ path: path === '/' ? '/' : path });
    const page = await ask(server, path);
    const base = new URL(path, server.url);

    const links = [...page.text.matchAll(/href="([^"]+)"/g)].map(([, link = '']) => new URL(link, base));
    const answers = await Promise.all(links.map(({ pathname }) => ask(server, pathname)));

    expect(links).toHaveLength(7);
    expect(answers.map(({ status }) => status)).toEqual(links.map(() => 200));
  });

  test('needs nothing from elsewhere and runs no script', async () => {
    const { server } = await webServer();

    const { headers, text } = await ask(server, '/');

    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(text).not.toMatch(/<script|style=|https?:|\son\w+=/i);
  });

  test('texts from elsewhere stay texts', async () => {
    const nasty = `<img src=x onerror="alert('1')">&`;
    const { server, health } = await webServer({
      info: () => ({ active_collectors: [nasty], all_collectors: [nasty] }),
      status: () => ({ worker: nasty, runs: [{ name: nasty, endedAt: new Date(0), seconds: 1, result: nasty }] }),
    });
    health.condition(nasty).set(false, nasty);

    const { text } = await ask(server, '/');

    expect(text).not.toContain('<img');
    expect(text).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;');
  });
});

describe('starting and closing', () => {
  test('a port in use is told of with what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    ending.push(() => new Promise((resolve) => other.close(() => resolve())));
    const { port } = other.address() as AddressInfo;

    const starting = webServer({ port });

    await expect(starting).rejects.toMatchObject({
      code: 'port_in_use',
      message: `The web server cannot listen on 127.0.0.1:${port}: the port is in use`,
      hint: expect.stringContaining('web_port'),
    });
  });

  test.each([
    [{ port: 70_000 }, 'wrong_port'],
    [{ port: -1 }, 'wrong_port'],
    [{ host: '192.0.2.1' }, 'wrong_host'],
    [{ host: 'no such host' }, 'wrong_host'],
  ])('%p ends in the error %s', async (address, code) => {
    const error: unknown = await webServer(address).catch((reason: unknown) => reason);

    expect(errorCode(error)).toBe(code);
  });

  test('all addresses of IPv6 that do not exist are a case for IPv4, other failures are not', () => {
    const cases = [
      ['::', 'EAFNOSUPPORT'],
      ['::', 'EADDRNOTAVAIL'],
      ['::', 'EADDRINUSE'],
      ['::1', 'EAFNOSUPPORT'],
    ] as const;

    const fallBack = cases.map(([host, code]) => isWithoutIpv6(host, { code }));

    expect(fallBack).toEqual([true, true, false, false]);
  });

  test('on a machine without IPv6 all addresses are those of IPv4', async () => {
    const server = createServer();
    const original = server.listen.bind(server);
    server.listen = ((port: number, host: string) => {
      if (host !== '::') return original(port, host);
      // What the runtime says where the kernel has no IPv6.
      process.nextTick(() => server.emit('error', Object.assign(new Error('no'), { code: 'EAFNOSUPPORT' })));
      return server;
    }) as typeof server.listen;
    ending.push(() => new Promise((resolve) => server.close(() => resolve())));

    await listen(server, { host: '::', port: 0 });

    expect(server.address()).toMatchObject({ address: '0.0.0.0' });
  });

  test('all addresses include that of IPv4', async () => {
    const { server } = await webServer({ host: '::' });
    const { port } = new URL(server.url);

    const { text } = await ask({ ...server, url: `http://127.0.0.1:${port}/` }, '/health');

    expect(text).toBe('ok\r\n');
  });

  test('closing does not wait for clients that keep their connection', async () => {
    const { server } = await webServer();
    const sockets = await Promise.all([rawSocket(server), rawSocket(server)]);
    sockets[1]?.write('GET /health HTTP/1.1\r\nHo');

    await server.close();

    await Promise.all(sockets.map(closed));
    await expect(ask(server, '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('hostile clients', () => {
  test('clients that say nothing do not lock others out', async () => {
    const { server } = await webServer();
    const silent: Socket[] = [];
    for (let count = 0; count < 300; count += 1) {
      const socket = await rawSocket(server);
      socket.write('GET /health HTTP/1.1\r\nX-Slow: ');
      silent.push(socket);
    }

    const { text } = await ask(server, '/health');

    expect(text).toBe('ok\r\n');
    await Promise.all(silent.slice(0, 100).map(closed));
    for (const socket of silent) socket.destroy();
  });

  test('a request that does not come to its end is cut off', async () => {
    const { server } = await webServer({ patience: 50 });
    const [silent, headers, body] = await Promise.all([rawSocket(server), rawSocket(server), rawSocket(server)]);

    headers.write('GET /health HTTP/1.1\r\nX-Slow: ');
    body.write('POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nxx');

    await Promise.all([silent, headers, body].map(closed));
    // One of these may be too slow itself.
    await eventually(async () => expect((await ask(server, '/health')).text).toBe('ok\r\n'));
  });

  test('headers that are too long are refused', async () => {
    const { server } = await webServer();

    const { status } = await ask(server, '/health', { headers: { 'x-long': 'x'.repeat(20_000) } });

    expect(status).toBe(431);
  });

  test('thousands of malformed requests end in an answer or a closed connection, and the server goes on', async () => {
    const { server, log } = await webServer();
    const random = seeded(20_240_506);
    const outcomes = new Map<string, number>();

    for (let round = 0; round < 60; round += 1) {
      const requests = Array.from({ length: 50 }, () => malformed(random));
      for (const outcome of await Promise.all(requests.map((bytes) => outcomeOf(server, bytes)))) {
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    }
    const { text } = await ask(server, '/health');

    expect(
      [...outcomes.keys()].filter((outcome) => !/^(closed|200|400|404|405|408|413|417|431|505)$/.test(outcome)),
    ).toEqual([]);
    expect(outcomes.get('400')).toBeGreaterThan(500);
    expect(log.messages('error')).toEqual([]);
    expect(text).toBe('ok\r\n');
  });
});

function rawSocket({ url }: WebServer): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.on('error', reject);
    socket.resume();
  });
}

function closed(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** The status of the first answer, or `closed` without one. */
function outcomeOf({ url }: WebServer, bytes: Buffer): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(/^HTTP\/1\.[01] (\d{3}) /.exec(text)?.[1] ?? (text === '' ? 'closed' : text)));
  });
}

/** A request with something wrong in it: bytes flipped, dropped or repeated, or nothing but noise. */
function malformed(random: () => number): Buffer {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const method = pick(['GET', 'HEAD', 'get', 'POST', 'CONNECT', 'PRI', 'G\0T', '', 'OPTIONS', 'X'.repeat(50)]);
  const target = pick([
    '/',
    '/health',
    '*',
    '/%',
    '//',
    '/\xff',
    'http://',
    '/ /',
    `/${'a'.repeat(9_000)}`,
    '/metrics#?',
  ]);
  const version = pick(['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', 'HTP/1.1', '', 'HTTP/1.1 ']);
  const header = pick([
    'Host: a',
    'Content-Length: -1',
    'Content-Length: 99999999999999999999',
    'Content-Length: 5\r\nContent-Length: 6',
    'Transfer-Encoding: chunked\r\nContent-Length: 3',
    'Transfer-Encoding: nonsense',
    'Upgrade: websocket\r\nConnection: Upgrade',
    'Expect: 100-continue',
    'Expect: nonsense',
    ': empty',
    'No colon',
    `X: ${'y'.repeat(9_000)}`,
    'Accept-Encoding: gzip;q=nonsense, ;;=,,',
    'X: \0',
  ]);
  const end = pick(['\r\n\r\n', '\n\n', '\r\n', '', '\r\n\r\nzz\r\n', '\r\n\r\nGET / HTTP/1.1\r\n\r\n']);
  const bytes = Buffer.from(`${method} ${target} ${version}\r\n${header}${end}`, 'latin1');
  for (let flips = Math.floor(random() * 4); flips > 0; flips -= 1) {
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  }
  return random() < 0.2 ? bytes.subarray(Math.floor(random() * bytes.length)) : bytes;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
