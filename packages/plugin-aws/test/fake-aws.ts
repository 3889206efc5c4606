import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeCall {
  readonly action: string;
  /** The access key the call was signed with. */
  readonly key: string;
  /** Region and service it was signed for. */
  readonly scope: string;
  readonly parameters: URLSearchParams;
}

export interface FakeAws {
  readonly url: string;
  readonly calls: FakeCall[];
  stop(): void;
}

/** What is in the result element of an XML answer, a JSON answer, or the code of an error. */
export type FakeAnswer = string | object;

/** A server that answers the calls of STS, IAM and Organizations that find accounts, over the wire protocols of AWS. */
export async function startFakeAws(answer: (call: FakeCall) => FakeAnswer): Promise<FakeAws> {
  const calls: FakeCall[] = [];
  const server = createServer((request, response) => {
    void readText(request).then((body) => {
      const parameters = new URLSearchParams(body);
      const target = String(request.headers['x-amz-target'] ?? '');
      const action = target === '' ? (parameters.get('Action') ?? '') : target.replace(/^.*\./, '');
      const key = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const scope = /Credential=[^/]+\/\d+\/(.+)\/aws4_request/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const call = { action, key, scope, parameters };
      calls.push(call);
      const made = answer(call);
      const { status, type, text } = target === '' ? xml(action, made) : json(made);
      response.writeHead(status, { 'content-type': type }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

function xml(action: string, answer: FakeAnswer): Reply {
  const type = 'text/xml';
  if (typeof answer === 'object' && 'error' in answer) {
    const text = `<ErrorResponse><Error><Type>Sender</Type><Code>${String(answer.error)}</Code><Message>no</Message></Error></ErrorResponse>`;
    return { status: 403, type, text };
  }
  return {
    status: 200,
    type,
    text: `<${action}Response><${action}Result>${typeof answer === 'string' ? answer : ''}</${action}Result></${action}Response>`,
  };
}

function json(answer: FakeAnswer): Reply {
  const type = 'application/x-amz-json-1.1';
  if (typeof answer === 'object' && 'error' in answer) {
    return { status: 400, type, text: JSON.stringify({ __type: String(answer.error), message: 'no' }) };
  }
  return { status: 200, type, text: JSON.stringify(answer) };
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
