import { once } from 'node:events';
import { createServer } from 'node:http';

/** Serves an empty AWS price list, which the emulator has none of, and returns its address. Keeps no program alive. */
export async function emptyPriceList(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/x-amz-json-1.1').end('{"PriceList": []}');
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('A TCP server has no port');
  return `http://127.0.0.1:${address.port}`;
}
