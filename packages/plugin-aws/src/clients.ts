/** The vendor's clients of one account: one per service and region, made on first use and kept. */
import type { AwsCredentialIdentityProvider } from '@smithy/types';

import { checkAnswer } from './answer.ts';
import { assertReads } from './service.ts';
import type { Call, Change, ServiceDeclaration } from './service.ts';
import type { VendorClient, VendorRequest, VendorSdk } from './vendor.ts';
import { Connections } from './wire/connections.ts';
import { QueryAnswers } from './wire/query-answer.ts';
import { QueryRoute } from './wire/query-route.ts';

export interface ClientsOptions {
  readonly accountId: string;
  readonly credentials: AwsCredentialIdentityProvider;
  /** May they send calls that change something? Only a tag task or an account opened for cleanup says yes. */
  readonly mayChange?: boolean;
}

interface Client {
  readonly vendor: VendorClient;
  /** The short way, once it is known. */
  route: QueryRoute | undefined;
}

export class Clients {
  readonly #options: ClientsOptions;
  readonly #clients = new Map<string, Promise<Client>>();
  readonly #connections = new Connections();

  constructor(options: ClientsOptions) {
    this.#options = { ...options };
  }

  /** Sends a call once. Answers and codes of errors are those of the vendor's client. */
  async send(call: Call | Change, input: object, region: string, signal: AbortSignal): Promise<object> {
    if (this.#options.mayChange !== true) assertReads(call);
    const sdk = await load(call.service);
    const { vendor, route } = await this.#client(call.service, sdk, region);
    const command = sdk.command(call.name, input);
    return route === undefined ? vendor.send(command, { abortSignal: signal }) : route.send(call, command, signal);
  }

  close(): void {
    this.#connections.close();
    this.#clients.clear();
  }

  #client(service: ServiceDeclaration, sdk: VendorSdk, region: string): Promise<Client> {
    const key = `${service.name} ${region}`;
    const known = this.#clients.get(key);
    if (known !== undefined) return known;
    const made = this.#make(service, sdk, region);
    this.#clients.set(key, made);
    return made;
  }

  async #make(service: ServiceDeclaration, sdk: VendorSdk, region: string): Promise<Client> {
    const { credentials, accountId } = this.#options;
    const { handler: requestHandler } = this.#connections;
    // The client does not try again by itself: only the caller knows how fast a service may be asked.
    const vendor = await sdk.client({ region, credentials, requestHandler, maxAttempts: 1 }, accountId);
    const client: Client = { vendor, route: undefined };
    const answers = service.isQuery === true ? new QueryAnswers(vendor.config.protocol) : undefined;
    if (answers !== undefined) readWith(answers, vendor);
    // It prepares every answer for a log that nobody writes, which takes longer than to send the call.
    vendor.middlewareStack.remove('loggerMiddleware');
    vendor.middlewareStack.add(
      (next, { commandName = '' }) => {
        const call = commandName.replace(/Command$/, '');
        return async (args) => {
          const { response, ...result } = await next(args);
          response.body = await readBody(response.body);
          checkAnswer({ status: response.statusCode, host: args.request.hostname, body: response.body }, service, call);
          if (answers !== undefined) client.route ??= this.#route(vendor, answers, args.request);
          return { ...result, response };
        };
      },
      { step: 'deserialize', priority: 'low', name: 'checkAnswer' },
    );
    return client;
  }

  #route(client: VendorClient, answers: QueryAnswers, shown: VendorRequest): QueryRoute | undefined {
    const { credentials } = this.#options;
    return QueryRoute.from({ client, credentials, connections: this.#connections, answers, shown });
  }
}

/** Lets the client read its answers with a faster reader. The body was read before, see the middleware. */
function readWith(answers: QueryAnswers, { config: { protocol } }: VendorClient): void {
  protocol.deserializeResponse = async (operation, _context, { statusCode, body }) => {
    const answer = answers.read(operation, statusCode, await readBody(body));
    return { ...answer, $metadata: { httpStatusCode: statusCode } };
  };
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
