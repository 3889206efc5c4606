/** Certificate and key of a server, as PEM texts. `cert` may hold the chain after the certificate. */
export interface ServerIdentity {
  readonly cert: string;
  readonly key: string;
  readonly passphrase?: string | undefined;
}
