import { certificateFingerprint, createToken, type GenerationNames } from '@resoto/worker-core';
import type { Authority } from '../../tls/authority.ts';
import type { Answer } from '../answer.ts';
import { readText } from '../body.ts';
import type { RouteHandler, Router } from '../router.ts';

export interface AuthorityOptions {
  readonly authority: Authority;
  readonly names: GenerationNames;
  readonly psk: string | undefined;
}

/** The CA certificate with its proof, and certificates signed by it (protocol 1.4, 2.1). */
export function addAuthorityRoutes(routes: Router<RouteHandler>, { authority, names, psk }: AuthorityOptions): void {
  routes.add('GET', '/ca/cert', async () => {
    const fingerprint = certificateFingerprint(authority.certificate);
    return pem(authority.certificate, {
      'Content-Disposition': `attachment; filename="${names.caFile}"`,
      ...(psk === undefined
        ? {}
        : { Authorization: `Bearer ${await createToken(psk, { sha256_fingerprint: fingerprint })}` }),
    });
  });
  routes.add('POST', '/ca/sign', async ({ message }) => pem(await authority.sign(await readText(message))));
}

function pem(text: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    headers: {
      'Content-Type': 'application/x-pem-file',
      'SHA256-Fingerprint': certificateFingerprint(text),
      ...headers,
    },
    body: { kind: 'text', text },
  };
}
