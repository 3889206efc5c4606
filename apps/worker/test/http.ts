import { request } from 'node:http';

import { parseJson, type JsonValue } from '@resoto/worker-core';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** An object is sent as JSON. */
  readonly body?: string | object;
}

/** One HTTP request over a connection of its own. Throws when it is not a success. */
export async function call(url: string, { method = 'GET', body }: Call = {}): Promise<string> {
  const headers = typeof body === 'object' ? { 'Content-Type': 'application/json' } : {};
  const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      let received = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text: received }));
    });
    sent.once('error', reject);
    sent.end(typeof body === 'object' ? JSON.stringify(body) : body);
  });
  if (status >= 300) throw new Error(`${method} ${url} was answered with ${status}: ${text}`);
  return text;
}

/** The JSON of an answer, as what it is known to be. */
export async function callJson<Answer = JsonValue>(url: string, options: Call = {}): Promise<Answer> {
  const answer: unknown = parseJson(await call(url, options));
  return answer as Answer;
}
