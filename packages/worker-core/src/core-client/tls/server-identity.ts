/** Certificate and key of a server, as PEM texts: what `https.createServer` takes. */
export interface ServerIdentity {
  /** May be followed by the certificates that lead to a root. */
  readonly cert: string;
  readonly key: string;
  readonly passphrase?: string;
}
