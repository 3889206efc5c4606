/** The other side of certificates (protocol 2.1), for whoever is a core. */

/** A CA as PEM texts. The key is a secret. */
export interface AuthorityKeys {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a CA that is valid for ten years from `now`. */
export async function createAuthority(
  subject: { readonly O?: string; readonly CN: string },
  now: Date,
): Promise<AuthorityKeys> {
  const { issueAuthority } = await import('./issue.ts');
  return issueAuthority(subject, now);
}

/**
 * The certificate for a request, both in PEM. Subject and alternative names are copied, whatever else it asks for is ignored.
 *
 * @param days  how long it is valid from `now`
 * @throws ProtocolError `malformed_request` when it is none, or was not signed with the key it is for
 */
export async function signRequest(csr: string, authority: AuthorityKeys, now: Date, days = 365): Promise<string> {
  const { issueFor } = await import('./issue.ts');
  return issueFor(csr, authority, now, days);
}
