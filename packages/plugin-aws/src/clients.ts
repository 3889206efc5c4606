/** The vendor's clients of one account: one per service and region, made on first use and kept. */
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsCredentialIdentityProvider } from '@smithy/types';

import { checkAnswer } from './answer.ts';
import type { Call, ServiceDeclaration } from './service.ts';
import type { VendorClient, VendorSdk } from './vendor.ts';

export interface ClientsOptions {
  readonly accountId: string;
  readonly credentials: AwsCredentialIdentityProvider;
}

const timeout = 60_000;

export class Clients {
  readonly #options: ClientsOptions;
  readonly #clients = new Map<string, Promise<VendorClient>>();
  readonly #handler = new NodeHttpHandler({
    connectionTimeout: 10_000,
    requestTimeout: timeout,
    socketTimeout: timeout,
    throwOnRequestTimeout: true,
    httpAgent: { keepAlive: true, maxSockets: 256 },
    httpsAgent: { keepAlive: true, maxSockets: 256 },
  });

  constructor(options: ClientsOptions) {
    this.#options = { ...options };
  }

  /** Sends a call once. Answers and errors are those of the vendor's client. */
  async send(call: Call, input: object, region: string, signal: AbortSignal): Promise<object> {
    const sdk = await load(call.service);
    const client = await this.#client(call.service, sdk, region);
    return client.send(sdk.command(call.name, input), { abortSignal: signal });
  }

  close(): void {
    this.#handler.destroy();
    this.#clients.clear();
  }

  #client(service: ServiceDeclaration, sdk: VendorSdk, region: string): Promise<VendorClient> {
    const key = `${service.name} ${region}`;
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const made = this.#make(service, sdk, region);
    this.#clients.set(key, made);
    return made;
  }

  async #make(service: ServiceDeclaration, sdk: VendorSdk, region: string): Promise<VendorClient> {
    const { credentials, accountId } = this.#options;
    // The client does not try again by itself: only the caller knows how fast a service may be asked.
    const settings = { region, credentials, requestHandler: this.#handler, maxAttempts: 1 };
    const client = await sdk.client(settings, accountId);
    // It prepares every answer for a log that nobody writes, which takes longer than to send the call.
    client.middlewareStack.remove('loggerMiddleware');
    client.middlewareStack.add(
      (next, { commandName = '' }) => {
        const call = commandName.replace(/Command$/, '');
        return async (args) => {
          const result = await next(args);
          result.response.body = await readBody(result.response.body);
          checkAnswer(
            { status: result.response.statusCode, host: args.request.hostname, body: result.response.body },
            service,
            call,
          );
          return result;
        };
      },
      { step: 'deserialize', priority: 'low', name: 'checkAnswer' },
    );
    return client;
  }
}

const sdks = new Map<ServiceDeclaration, Promise<VendorSdk>>();

// Loading a client package costs up to 0.2 CPU seconds, so all accounts of a thread share it.
function load(service: ServiceDeclaration): Promise<VendorSdk> {
  const known = sdks.get(service);
  if (known !== undefined) return known;
  const loading = service.load();
  sdks.set(service, loading);
  return loading;
}

async function readBody(body: AsyncIterable<Uint8Array> | Uint8Array | undefined): Promise<Uint8Array> {
  if (body === undefined) return new Uint8Array();
  if (!(Symbol.asyncIterator in body)) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
