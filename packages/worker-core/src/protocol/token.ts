/** Tokens made from the pre-shared key (protocol 1.3, 1.4). Whoever runs without a key never loads what they need. */
import { pbkdf2, randomBytes, timingSafeEqual, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { errorCode, ProtocolError } from '../errors.ts';

export type Claims = Readonly<Record<string, unknown>>;

export interface CreateTokenOptions {
  /** Seconds the token is valid; 300 unless told otherwise. */
  readonly lifetime?: number;
  readonly now?: () => number;
  /** 16 bytes. Random, and fresh for every token, unless told otherwise. */
  readonly salt?: Uint8Array;
}

/** A signed token with the claims and an expiry. Deriving the key takes some 20 ms, on another thread. */
export async function createToken(psk: string, claims: Claims = {}, options: CreateTokenOptions = {}): Promise<string> {
  const { lifetime = 300, now = Date.now, salt = randomBytes(16) } = options;
  const { SignJWT } = await import('jose/jwt/sign');
  return new SignJWT({ ...claims, exp: Math.floor(now() / 1000) + lifetime })
    .setProtectedHeader({ alg: 'HS256', salt: Buffer.from(salt).toString('base64'), typ: 'JWT' })
    .sign(await tokenKey(psk, salt));
}

/**
 * The claims of a token.
 *
 * @throws ProtocolError `token_expired`; `token_refused` when it was signed with another key or has no salt;
 *   `token_malformed` when it is no such token at all
 */
export async function verifyToken(token: string, psk: string, options: { now?: () => number } = {}): Promise<Claims> {
  const { jwtVerify } = await import('jose/jwt/verify');
  try {
    const verified = await jwtVerify(token, ({ salt }) => tokenKey(psk, saltBytes(salt)), {
      algorithms: ['HS256'],
      currentDate: new Date(options.now?.() ?? Date.now()),
    });
    return verified.payload;
  } catch (error) {
    throw translated(error);
  }
}

/** The 32 bytes that sign and verify tokens with this salt. */
export function tokenKey(psk: string, salt: Uint8Array): Promise<Uint8Array> {
  return promisify(pbkdf2)(psk, salt, 100_000, 32, 'sha256');
}

/** SHA-256 of the DER encoding of a PEM certificate, as upper-case hex pairs joined with `:`. */
export function certificateFingerprint(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}

/**
 * Checks that the CA certificate of a core comes from somebody who knows the pre-shared key (protocol 1.4).
 *
 * @param authorization  the `Authorization` header of the answer of `/ca/cert`
 * @throws ProtocolError `core_without_key`, `token_refused`, `token_expired`, `token_malformed`, `wrong_fingerprint`
 */
export async function verifyCaCertificate(
  pem: string,
  authorization: string | undefined,
  psk: string,
  options: { now?: () => number } = {},
): Promise<void> {
  const token = bearerToken(authorization);
  if (token === undefined) {
    throw new ProtocolError('The core did not sign its CA certificate', {
      code: 'core_without_key',
      hint: 'The core was started without a pre-shared key. Start it with the key of this worker, or remove the key here.',
    });
  }
  const { sha256_fingerprint: signed } = await verifyToken(token, psk, options);
  const received = certificateFingerprint(pem);
  if (typeof signed !== 'string' || !equalTexts(signed, received)) {
    throw new ProtocolError('The CA certificate is not the one the core signed', {
      code: 'wrong_fingerprint',
      hint: 'Somebody sits between this worker and the core. Check the network and the address of the core.',
      facts: { received, signed },
    });
  }
}

/** The token of an `Authorization` header; the scheme word is compared without case. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization?.trim() ?? '')?.[1];
}

function saltBytes(salt: unknown): Uint8Array {
  if (typeof salt !== 'string') throw tokenError('token_refused', 'The token has no salt');
  return Buffer.from(salt, 'base64');
}

function translated(error: unknown): unknown {
  switch (errorCode(error)) {
    case 'token_refused':
      return error;
    case 'ERR_JWT_EXPIRED':
      return tokenError('token_expired', 'The token has expired', 'Compare the clocks of worker and core.', error);
    case 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED':
      return tokenError(
        'token_refused',
        'The token was signed with another key',
        'Use the same pre-shared key.',
        error,
      );
    default:
      return tokenError('token_malformed', 'The token cannot be read', undefined, error);
  }
}

function tokenError(code: string, message: string, hint?: string, cause?: unknown): ProtocolError {
  return new ProtocolError(message, { code, hint, cause });
}

function equalTexts(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
