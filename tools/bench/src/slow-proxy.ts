/**
 * Stands before a server, holds every request back for a while and counts it; `GET /requests-so-far` tells how many there
 * were. A process of its own, so that its work is not counted as the worker's.
 *
 *     node slow-proxy.ts URL MILLISECONDS
 */
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const [target = '', delay = '0'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
let requests = 0;

const server = createServer((incoming, answer) => {
  if (incoming.url === '/requests-so-far') {
    answer.end(String(requests));
    return;
  }
  requests += 1;
  void passOn(incoming, answer);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
});

async function passOn(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
  await sleep(Number(delay));
  const { method = 'GET', url = '/', headers } = incoming;
  const outgoing = request(new URL(url, target), { method, headers, agent }, (response) => {
    // A development server ends its connections; those of a cloud are kept.
    const { connection: _ended, ...kept } = response.headers;
    answer.writeHead(response.statusCode ?? 502, kept);
    response.pipe(answer);
  });
  outgoing.on('error', () => answer.destroy());
  incoming.pipe(outgoing);
}
