/** Connections that are kept and shared by everything that is sent for one account. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import { NodeHttpHandler } from '@smithy/node-http-handler';

import type { VendorRequest } from '../vendor.ts';
import { agents } from './agents.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

const timeout = 60_000;

export class Connections {
  readonly #agents = agents({ keepAlive: true, maxSockets: 256 });
  /** What the vendor's clients send with. */
  readonly handler = new NodeHttpHandler({
    connectionTimeout: 10_000,
    requestTimeout: timeout,
    socketTimeout: timeout,
    throwOnRequestTimeout: true,
    ...this.#agents,
  });

  /** Sends a body to where a request of the vendor's client went. */
  post(
    to: VendorRequest,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<HttpAnswer> {
    const { httpAgent, httpsAgent } = this.#agents;
    const [request, agent] = to.protocol === 'https:' ? [httpsRequest, httpsAgent] : [httpRequest, httpAgent];
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
    this.#agents.httpAgent.destroy();
    this.#agents.httpsAgent.destroy();
  }
}
