import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request to a service of AWS. */
export interface AwsCall {
  /** Of protocols that name it; else the method and the path. */
  readonly action: string;
  /** Values of the parameters. */
  readonly values: readonly string[];
  /** Status of the answer. */
  readonly status: number;
  readonly answer: string;
}

/** Stands before an emulator of AWS and records what was called, in the order of the answers. */
export class AwsProxy {
  readonly calls: AwsCall[] = [];
  /** Is this call answered with "not authorized"? */
  denies: (call: Pick<AwsCall, 'action' | 'values'>) => boolean = () => false;
  readonly #target: string;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  private constructor(target: string) {
    this.#target = target;
  }

  static async start(target: string): Promise<AwsProxy> {
    const proxy = new AwsProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const asked = readCall(request, body);
    const { status, answer } = this.denies(asked) ? denied : await this.#forward(request, response, body);
    this.calls.push({ ...asked, status, answer });
    response.statusCode = status;
    response.end(answer);
  }

  async #forward(request: IncomingMessage, response: ServerResponse, body: string) {
    const { method, headers } = request;
    // It is a whole address when this is the proxy of the caller.
    const { pathname, search } = new URL(request.url ?? '/', this.#target);
    const answered = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { method, headers, agent: false };
      httpRequest(new URL(pathname + search, this.#target), options, resolve)
        .once('error', reject)
        .end(body);
    });
    for (const [name, value] of Object.entries(answered.headers)) {
      if (value !== undefined && !ofTheConnection.has(name)) response.setHeader(name, value);
    }
    return { status: answered.statusCode ?? 0, answer: await text(answered) };
  }
}

const ofTheConnection = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

const denied = {
  status: 403,
  answer:
    '<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>Not authorized.</Message></Error></Errors>' +
    '<RequestID>1</RequestID></Response>',
};

function readCall({ method = '', url = '', headers }: IncomingMessage, body: string) {
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  const parameters = new URLSearchParams(isForm ? body : '');
  // `Service_Version.Action` with JSON, `/service/Name/operation/Action` with CBOR.
  const named = /\.(\w+)$/.exec(String(headers['x-amz-target'] ?? ''))?.[1] ?? /\/operation\/(\w+)$/.exec(url)?.[1];
  const action = parameters.get('Action') ?? named ?? `${method} ${url.replace(/\?.*/, '')}`;
  return { action, values: [...parameters.values()] };
}
