/**
 * The short way to a query service. What the vendor's client does for a single call costs five times what it takes to send
 * one, so its first call shows where the service is and how calls are signed, and the others are sent from here: written by
 * its serializer, read by its schemas.
 */
import type { AwsCredentialIdentityProvider } from '@smithy/types';

import { checkAnswer } from '../answer.ts';
import type { Call } from '../service.ts';
import type { VendorClient, VendorCommand, VendorRequest } from '../vendor.ts';
import { membersOf } from '../values.ts';
import type { Connections, HttpAnswer } from './connections.ts';
import { readXml } from './read-xml.ts';
import { shapeOf } from './shape.ts';
import type { Shape } from './shape.ts';
import { Signer } from './sign.ts';

export interface QueryRouteOptions {
  readonly client: VendorClient;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly connections: Connections;
  /** A call the client has sent, signed. */
  readonly shown: VendorRequest;
}

export class QueryRoute {
  readonly #options: QueryRouteOptions;
  readonly #signer: Signer;
  readonly #context: object;
  readonly #shapes = new Map<string, Shape>();

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
  async send(call: Call, command: VendorCommand, signal: AbortSignal): Promise<object> {
    const { client, credentials, connections, shown } = this.#options;
    const operation = operationOf(command);
    const { body } = await client.config.protocol.serializeRequest(operation, command.input, this.#context);
    const now = new Date(Date.now() + client.config.systemClockOffset);
    const headers = this.#signer.sign(body, hostOf(shown), await credentials(), now);
    const answer = await connections.post(shown, headers, body, signal);
    checkAnswer({ status: answer.status, host: shown.hostname, body: answer.body }, call.service, call.name);
    const text = answer.body.toString();
    if (answer.status >= 300) throw queryError(answer, text);
    const root = `${call.name}Response`;
    const path = client.config.protocol.useNestedResult() ? [root, `${call.name}Result`] : [root];
    return membersOf(readXml(text, this.#shape(call.name, operation.output), path));
  }

  #shape(call: string, output: unknown): Shape {
    const known = this.#shapes.get(call);
    if (known !== undefined) return known;
    const shape = shapeOf(output);
    this.#shapes.set(call, shape);
    return shape;
  }
}

function operationOf({ schema }: VendorCommand) {
  const [, namespace, name, traits, input, output] = schema;
  return { name, namespace, traits, input, output };
}

function hostOf({ protocol, hostname, port }: VendorRequest): string {
  const usual = protocol === 'https:' ? 443 : 80;
  return port === undefined || port === usual ? hostname : `${hostname}:${port}`;
}

function queryError({ status }: HttpAnswer, text: string): Error {
  const part = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  const code = part('Code') ?? `HTTP ${status}`;
  return Object.assign(new Error(part('Message') ?? code), {
    name: code,
    Code: code,
    $metadata: { httpStatusCode: status },
  });
}
