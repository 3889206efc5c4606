/** What a trust means for Node's TLS connections. */
import type { SecureContext } from 'node:tls';

/** Whom to believe that it is the core. Plain data: it travels to other threads. */
export interface CoreTls {
  /** PEM of certificates to trust besides the public roots (and those of `NODE_EXTRA_CA_CERTS`). */
  readonly ca?: string;
  /** False: whoever answers is taken for the core. */
  readonly rejectUnauthorized?: boolean;
}

export interface TlsOptions {
  readonly secureContext?: SecureContext;
  readonly rejectUnauthorized?: boolean;
}

// Reading all public roots takes 25 ms, so connections with the same trust share a context.
let latest: { readonly ca: string; readonly secureContext: SecureContext } | undefined;

/** Options of a connection to a core. The name of the host is checked unless nothing is. */
export function tlsOptions({ ca, rejectUnauthorized }: CoreTls): TlsOptions {
  if (rejectUnauthorized === false) return { rejectUnauthorized };
  return ca === undefined ? {} : { secureContext: contextOf(ca) };
}

function contextOf(ca: string): SecureContext {
  if (latest?.ca === ca) return latest.secureContext;
  // Only whoever speaks TLS has to load it.
  const { createSecureContext, getCACertificates } = process.getBuiltinModule('node:tls');
  const secureContext = createSecureContext({ ca: [...getCACertificates('default'), ca] });
  latest = { ca, secureContext };
  return secureContext;
}
