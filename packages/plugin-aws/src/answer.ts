/**
 * Looks at an answer before the vendor's client reads it. The client takes any XML for an answer without items, so the page of
 * a proxy or a wrong endpoint would look like an empty account.
 */
import { ProviderError } from '@resoto/worker-core/plugin';

import type { ServiceDeclaration } from './service.ts';

/** An answer of the vendor, as far as it is looked at. */
export interface Answer {
  readonly status: number;
  readonly host: string;
  readonly body: Uint8Array;
}

/** @throws ProviderError `unexpected_answer`; an error as the vendor's client throws it when a load balancer says that a service is down */
export function checkAnswer({ status, host, body }: Answer, service: ServiceDeclaration, call: string): void {
  const start = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 512)).toString();
  const isPage = /^\s*<(!doctype\s+html|html)\b/i.test(start);
  if (isPage && status >= 500) throw serviceDown(status);
  if (!isPage && (service.isQuery !== true || status >= 300 || hasRoot(start, call))) return;
  const what = isPage ? 'with a web page' : 'with something else than was asked for';
  throw new ProviderError(`${host} answered ${service.name} ${call} ${what} (status ${status})`, {
    code: 'unexpected_answer',
    hint: 'Check AWS_ENDPOINT_URL and the proxy: this is not the API of AWS.',
    facts: { host, status, call },
  });
}

function serviceDown(status: number): Error {
  const error = new Error(`the answer was a web page with status ${status}`);
  return Object.assign(error, { name: 'ServiceUnavailable', $metadata: { httpStatusCode: status } });
}

function hasRoot(start: string, call: string): boolean {
  return new RegExp(`^\\s*(<\\?[^>]*>\\s*)?<${call}Response[\\s/>]`).test(start);
}
