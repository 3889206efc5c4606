/** Signature Version 4 for a form that is sent to a query service. */
import { createHash, createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import type { AwsCredentialIdentity } from '@smithy/types';

/** What a signature is good for. */
export interface SigningScope {
  readonly region: string;
  readonly service: string;
}

export interface SignedHeaders {
  readonly [name: string]: string;
}

/** Signs forms of one service in one region. The key of a day is made once. */
export class Signer {
  readonly #scope: SigningScope;
  #key: { readonly of: string; readonly key: KeyObject } | undefined;

  constructor(scope: SigningScope) {
    this.#scope = scope;
  }

  /** Headers of a form, with its signature. */
  sign(form: string, host: string, credentials: AwsCredentialIdentity, now: Date): SignedHeaders {
    const time = now.toISOString().replace(/[-:]|\.\d+/g, '');
    const day = time.slice(0, 8);
    const token = credentials.sessionToken;
    const headers: SignedHeaders = {
      'content-type': 'application/x-www-form-urlencoded',
      host,
      'x-amz-date': time,
      ...(token !== undefined && { 'x-amz-security-token': token }),
    };
    const names = Object.keys(headers).join(';');
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
    const request = ['POST', '/', '', ...lines, '', names, sha256(form)].join('\n');
    const scope = `${day}/${this.#scope.region}/${this.#scope.service}/aws4_request`;
    const text = ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n');
    const signature = createHmac('sha256', this.#keyOf(day, credentials)).update(text).digest('hex');
    const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
    return { ...headers, authorization };
  }

  #keyOf(day: string, { accessKeyId, secretAccessKey }: AwsCredentialIdentity): KeyObject {
    const of = `${day} ${accessKeyId}`;
    if (this.#key?.of !== of) {
      const parts = [day, this.#scope.region, this.#scope.service, 'aws4_request'];
      const key = parts.reduce(
        (previous, part) => createHmac('sha256', previous).update(part).digest(),
        Buffer.from(`AWS4${secretAccessKey}`),
      );
      // From bytes, a key would be made for each signature, which takes longer than to sign.
      this.#key = { of, key: createSecretKey(key) };
    }
    return this.#key.key;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
