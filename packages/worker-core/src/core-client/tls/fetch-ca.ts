/** The CA certificate of a core, and whether it comes from somebody who knows the pre-shared key (protocol 1.4). */
import { ConfigError, errorCode, errorFacts, errorHint, errorText } from '../../errors.ts';
import type { Logger } from '../../plugin/contract.ts';
import { certificateFingerprint, verifyCaCertificate } from '../../protocol/token.ts';
import type { CoreConnection } from '../connection.ts';
import type { CoreAnswer, CoreHttp } from '../http.ts';
import { certificatesIn, requireValid } from './pem.ts';
import { readPemAnswer } from './pem-answer.ts';

export interface FetchCaOptions {
  readonly http: CoreHttp;
  readonly psk?: string | undefined;
  readonly log: Logger;
  readonly now: () => Date;
  /** Milliseconds an unreachable core is waited for. */
  readonly patience?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Fetches the CA certificate without trusting anybody yet. With a key the core has to prove that it knows it; without one the
 * certificate is believed, with a warning.
 *
 * @returns PEM
 * @throws ConfigError `core_without_key`, `token_refused`, `token_expired`, `token_malformed`, `wrong_fingerprint`,
 *   `certificate_expired`, `certificate_not_yet_valid`, `core_wants_token`; ProtocolError `not_a_core`; as `CoreHttp.send`
 */
export async function fetchCa(options: FetchCaOptions): Promise<string> {
  const { psk = '', log, now } = options;
  const answer = await request(options);
  const pem = await readPemAnswer(options.http.connection, answer);
  const [certificate] = certificatesIn(pem);
  if (psk !== '') await requireProof(pem, answer, psk, now);
  if (certificate !== undefined) {
    requireValid(certificate, `The CA certificate of the core at ${options.http.connection.uri}`, now(), clockHint);
  }
  const facts = { uri: options.http.connection.uri, fingerprint: certificateFingerprint(pem) };
  if (psk === '') log.warn('the CA certificate of the core is trusted on first use', { ...facts, hint: firstUseHint });
  else log.debug('the core has proven its CA certificate', facts);
  return pem;
}

const clockHint = 'Compare the clocks of worker and core. If they agree, the core needs a new CA certificate.';
const firstUseHint =
  'Whoever answered first is taken for the core. Compare the fingerprint with that of the core, or give both a pre-shared key.';

async function request({ http, psk = '', patience, signal }: FetchCaOptions): Promise<CoreAnswer> {
  const fetch = { method: 'GET', path: '/ca/cert', patience, signal } as const;
  try {
    return await http.send({ ...fetch, trusted: false });
  } catch (error) {
    if (errorCode(error) !== 'core_wrong_key' || psk === '') throw error;
  }
  // Behind a path prefix even this endpoint wants a token (protocol 1.3), and a token is shown to nobody who is not known.
  try {
    return await http.send(fetch);
  } catch (error) {
    throw wantsToken(http.connection, error);
  }
}

/** The error of a core that is asked with a token and not trusted yet; any other error as it is. */
export function wantsToken({ uri }: CoreConnection, error: unknown): unknown {
  if (errorCode(error) !== 'core_untrusted') return error;
  return new ConfigError(`${uri} wants a token before it shows its CA certificate`, {
    code: 'core_wants_token',
    hint: 'A token is only sent to a core that is known. Give its CA certificate with --ca-cert.',
    facts: { uri },
    cause: error,
  });
}

async function requireProof(pem: string, answer: CoreAnswer, psk: string, now: () => Date): Promise<void> {
  try {
    await verifyCaCertificate(pem, answer.headers.authorization, psk, { now: () => now().getTime() });
  } catch (error) {
    const code = errorCode(error) ?? 'token_malformed';
    throw new ConfigError(`${answer.attempted}: ${errorText(error)}`, {
      code,
      hint: hints[code] ?? errorHint(error),
      facts: errorFacts(error),
      cause: error,
    });
  }
}

const hints: Readonly<Record<string, string>> = {
  token_refused:
    'Core and worker have different pre-shared keys. Give the key of the core; if it is the same one, somebody else answers.',
  token_expired: 'Compare the clocks of worker and core: they differ by more than five minutes.',
  token_malformed: 'Is there really a core at this address, or a proxy?',
};
