/** Connections that are kept and shared by everything that is sent for one account. */
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

import { NodeHttpHandler } from '@smithy/node-http-handler';

import type { VendorRequest } from '../vendor.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

const timeout = 60_000;

export class Connections {
  readonly #http = new HttpAgent({ keepAlive: true, maxSockets: 256 });
  readonly #https = new HttpsAgent({ keepAlive: true, maxSockets: 256 });
  /** What the vendor's clients send with. */
  readonly handler = new NodeHttpHandler({
    connectionTimeout: 10_000,
    requestTimeout: timeout,
    socketTimeout: timeout,
    throwOnRequestTimeout: true,
    httpAgent: this.#http,
    httpsAgent: this.#https,
  });

  /** Sends a body to where a request of the vendor's client went. */
  post(
    to: VendorRequest,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const [request, agent] = to.protocol === 'https:' ? [httpsRequest, this.#https] : [httpRequest, this.#http];
    return new Promise((resolve, reject) => {
      const { hostname, port, path } = to;
      const length = Buffer.byteLength(body);
      const sent = request(
        {
          method: 'POST',
          hostname,
          port,
          path,
          headers: { ...headers, 'content-length': length },
          agent,
          signal,
          timeout,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
        },
      );
      sent.on('error', reject);
      sent.on('timeout', () =>
        sent.destroy(Object.assign(new Error('the service did not answer in time'), { code: 'ETIMEDOUT' })),
      );
      sent.end(body);
    });
  }

  close(): void {
    this.handler.destroy();
    this.#http.destroy();
    this.#https.destroy();
  }
}
