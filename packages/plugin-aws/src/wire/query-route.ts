/**
 * The short way to a query service. What the vendor's client does for a single call costs five times what it takes to send
 * one, so its first call shows where the service is and how calls are signed, and the others are sent from here.
 */
import type { AwsCredentialIdentityProvider } from '@smithy/types';

import { checkAnswer } from '../answer.ts';
import type { Call, Change } from '../service.ts';
import { operationOf } from '../vendor.ts';
import type { VendorClient, VendorCommand, VendorRequest } from '../vendor.ts';
import type { Connections } from './connections.ts';
import type { QueryAnswers } from './query-answer.ts';
import { Signer } from './sign.ts';

export interface QueryRouteOptions {
  readonly client: VendorClient;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly connections: Connections;
  readonly answers: QueryAnswers;
  /** A call the client has sent, signed. */
  readonly shown: VendorRequest;
}

export class QueryRoute {
  readonly #options: QueryRouteOptions;
  readonly #signer: Signer;
  readonly #context: object;

  /** @returns undefined when the call that was shown does not go to the root of a host, or is signed in another way */
  static from(options: QueryRouteOptions): QueryRoute | undefined {
    const { shown } = options;
    const scope = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\/aws4_request/.exec(shown.headers['authorization'] ?? '');
    const [, region, service] = scope ?? [];
    if (region === undefined || service === undefined || shown.path !== '/') return undefined;
    return new QueryRoute(options, new Signer({ region, service }));
  }

  private constructor(options: QueryRouteOptions, signer: Signer) {
    this.#options = options;
    this.#signer = signer;
    const { protocol, hostname, port, path } = options.shown;
    this.#context = { ...options.client.config, endpoint: async () => ({ protocol, hostname, port, path }) };
  }

  /** Sends a call once. Throws errors with the codes the vendor's client gives them. */
  async send(call: Call | Change, command: VendorCommand, signal: AbortSignal): Promise<object> {
    const { client, credentials, connections, answers, shown } = this.#options;
    const operation = operationOf(command);
    const { body: form } = await client.config.protocol.serializeRequest(operation, command.input, this.#context);
    const now = new Date(Date.now() + client.config.systemClockOffset);
    const headers = this.#signer.sign(form, hostOf(shown), await credentials(), now);
    const { status, body } = await connections.post(shown, headers, form, signal);
    checkAnswer({ status, host: shown.hostname, body }, call.service, call.name);
    return answers.read(operation, status, body);
  }
}

function hostOf({ protocol, hostname, port }: VendorRequest): string {
  const usual = protocol === 'https:' ? 443 : 80;
  return port === undefined || port === usual ? hostname : `${hostname}:${port}`;
}
