/** A CA for tests, and servers it knows. */
import { createAuthority, signRequest, type AuthorityKeys } from '../core-client/tls/authority.ts';
import { createRequest } from '../core-client/tls/certificate-request.ts';
import type { MachineNames } from '../core-client/tls/machine-names.ts';
import type { ServerIdentity } from '../core-client/tls/server-identity.ts';

export interface IdentityOptions {
  readonly names?: MachineNames;
  /** The certificate is valid from here. Default: now. */
  readonly from?: Date;
  readonly days?: number;
}

export interface TestAuthority extends AuthorityKeys {
  /** A key and its certificate, for this machine unless other names are given. */
  identity(options?: IdentityOptions): Promise<ServerIdentity>;
}

export async function testAuthority(name = 'Resoto Root CA', from = new Date()): Promise<TestAuthority> {
  const keys = await createAuthority({ CN: name }, from);
  return {
    ...keys,
    async identity({ names = { dns: ['localhost'], ip: ['127.0.0.1'] }, from: start = new Date(), days = 365 } = {}) {
      const { csr, key } = await createRequest('resotocore', names);
      return {
        cert: await signRequest(csr, keys, start, days),
        key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}
