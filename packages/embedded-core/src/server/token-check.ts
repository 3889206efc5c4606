import { bearerToken, errorCode, errorText, verifyToken } from '@resoto/worker-core';
import { RequestError } from './request-error.ts';

const KEPT_TOKENS = 64;

/** Verifies bearer tokens against a pre-shared key (protocol 1.3). */
export class TokenCheck {
  readonly #psk: string;
  readonly #now: () => number;
  // Deriving the key of a token costs tens of milliseconds, and a client may use one token for many requests.
  readonly #verified = new Map<string, number>();

  constructor(psk: string, now: () => number) {
    this.#psk = psk;
    this.#now = now;
  }

  /**
   * @param credentials  value of an `Authorization` header
   * @throws RequestError 401 for a wrong or expired token, 500 for what is no token (as the reference answers)
   */
  async verify(credentials: string): Promise<void> {
    const token = bearerToken(credentials);
    if (token === undefined) throw unreadable(credentials);
    const expires = this.#verified.get(token);
    if (expires !== undefined && this.#now() < expires * 1000) return;
    try {
      const { exp } = await verifyToken(token, this.#psk, { now: this.#now });
      if (typeof exp === 'number') this.#keep(token, exp);
    } catch (error) {
      const status = errorCode(error) === 'token_malformed' ? 500 : 401;
      throw new RequestError(status, errorCode(error) ?? 'token_refused', errorText(error), error);
    }
  }

  #keep(token: string, expires: number): void {
    const [oldest] = this.#verified.keys();
    if (oldest !== undefined && this.#verified.size >= KEPT_TOKENS) this.#verified.delete(oldest);
    this.#verified.set(token, expires);
  }
}

function unreadable(credentials: string): RequestError {
  const scheme = /^(\S+) \S/.exec(credentials)?.[1];
  return scheme === undefined
    ? new RequestError(500, 'token_malformed', 'The Authorization header has no scheme and token')
    : new RequestError(401, 'token_refused', `The authorization scheme ${scheme} is not served here`);
}
