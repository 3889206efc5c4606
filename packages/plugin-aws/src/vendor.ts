/** The part of the vendor's clients that is used, and the only place that picks their members by name. */
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import type { AwsCredentialIdentityProvider } from '@smithy/types';

export interface ClientSettings {
  readonly region: string;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly requestHandler: NodeHttpHandler;
  readonly maxAttempts: number;
}

export interface VendorClient {
  readonly config: VendorConfig;
  readonly middlewareStack: MiddlewareStack;
  send(command: VendorCommand, options: { readonly abortSignal: AbortSignal }): Promise<object>;
}

interface VendorConfig {
  readonly protocol: VendorProtocol;
  /** Milliseconds the clock of the service is ahead. */
  readonly systemClockOffset: number;
}

export interface VendorProtocol {
  serializeRequest(operation: VendorOperation, input: object, context: object): Promise<{ readonly body: string }>;
  deserializeResponse(operation: VendorOperation, context: object, response: VendorResponse): Promise<object>;
  /** Is there an element named after the result in the answer? Query protocols only. */
  useNestedResult(): boolean;
}

export interface VendorOperation {
  readonly name: string;
  readonly namespace: unknown;
  readonly traits: unknown;
  readonly input: unknown;
  readonly output: unknown;
}

export interface VendorCommand {
  readonly input: object;
  /** Kind of schema, namespace, name, traits, input, output. */
  readonly schema: readonly unknown[];
}

export interface VendorRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A middleware between the wire and the reading of the answer. */
type Middleware = (next: Handler, context: { readonly commandName?: string }) => Handler;

type Handler = (args: { readonly request: VendorRequest }) => Promise<{ readonly response: VendorResponse }>;

interface VendorResponse {
  readonly statusCode: number;
  body: AsyncIterable<Uint8Array> | Uint8Array;
}

interface MiddlewareStack {
  remove(name: string): boolean;
  add(
    middleware: Middleware,
    options: { readonly step: 'deserialize'; readonly priority: 'low'; readonly name: string },
  ): void;
}

export interface VendorSdk {
  /** Makes a client. May wait, for example for the look-up of a name. */
  readonly client: (settings: ClientSettings, accountId: string) => Promise<VendorClient>;
  /** Makes the command of an operation. */
  readonly command: (name: string, input: object) => VendorCommand;
}

/** The operation of a command, as protocols take it. */
export function operationOf({ schema }: VendorCommand): VendorOperation {
  const [, namespace, name, traits, input, output] = schema;
  return { name: String(name), namespace, traits, input, output };
}

/**
 * A package of the vendor.
 *
 * @param sdk     what `import('@aws-sdk/client-…')` gives
 * @param client  makes the client of that package
 */
export function vendorSdk(
  sdk: object,
  client: (settings: ClientSettings, accountId: string) => object | Promise<object>,
): VendorSdk {
  // The types of the packages tie every command to its client; here both are chosen at run time, by the name of a call.
  const commands = sdk as Readonly<Record<string, new (input: object) => VendorCommand>>;
  return {
    client: async (settings, accountId) => (await client(settings, accountId)) as VendorClient,
    command(name, input) {
      const Command = commands[`${name}Command`];
      if (Command === undefined) throw new TypeError(`The vendor's client has no operation ${name}`);
      return new Command(input);
    },
  };
}
