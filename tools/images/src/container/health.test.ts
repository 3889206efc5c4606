import { execFile } from 'node:child_process';
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createSecureServer, type Server as HttpsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

import { afterEach, expect, test } from '@jest/globals';
import { createAuthority, requestCertificate, signRequest } from '@resoto/worker-core';

const program = fileURLToPath(new URL('health.ts', import.meta.url));

let servers: (HttpServer | HttpsServer)[] = [];

afterEach(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
});

test('a worker that is well is healthy', async () => {
  expect(await check(`${await serve(200, 'ok\r\n')}/health`)).toEqual({ code: 0, output: '' });
});

test('what is not well is printed', async () => {
  const url = await serve(503, 'not ok\r\n\r\n- CoreTasks\r\n');

  expect(await check(`${url}/health`)).toEqual({ code: 1, output: 'not ok\r\n\r\n- CoreTasks\n' });
});

test('of several addresses the first that answers counts', async () => {
  const url = await serve(200, 'ok');

  expect(await check(`${url.replace('http:', 'https:')}/health ${url}/health`)).toEqual({ code: 0, output: '' });
});

test('a certificate of the core counts, whoever that is', async () => {
  const authority = await createAuthority({ CN: 'a core' }, new Date());
  const { key, csr } = await requestCertificate('a worker');
  const cert = await signRequest(csr, authority, new Date());
  const server = createSecureServer({ key: key.export({ type: 'pkcs8', format: 'pem' }), cert }, (_request, response) => response.end('ok'));

  expect(await check(`https://127.0.0.1:${await listen(server)}/health`)).toEqual({ code: 0, output: '' });
});

test('nobody there is no health', async () => {
  expect(await check('http://127.0.0.1:1/health')).toEqual({ code: 1, output: expect.stringContaining('ECONNREFUSED') });
});

async function serve(status: number, body: string): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer((_request, response) => response.writeHead(status).end(body)))}`;
}

async function listen(server: HttpServer | HttpsServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function check(url: string): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program], { env: { RESOTO_HEALTH_URL: url } }, (_error, output) => {
      resolve({ code: child.exitCode ?? -1, output });
    });
  });
}
