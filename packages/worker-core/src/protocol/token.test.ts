import { expect, test } from '@jest/globals';
import {
  bearerToken,
  certificateFingerprint,
  createToken,
  tokenKey,
  verifyCaCertificate,
  verifyToken,
} from './token.ts';

const salt = Uint8Array.from({ length: 16 }, (_, index) => index);
const vector =
  'eyJhbGciOiJIUzI1NiIsInNhbHQiOiJBQUVDQXdRRkJnY0lDUW9MREEwT0R3PT0iLCJ0eXAiOiJKV1QifQ' +
  '.eyJleHAiOjQxMDI0NDQ4MDB9' +
  '.FNRcWE3J8vguRHhFCLuYmiflBT8aWpZnv9MkuPbuxcg';

// A self-signed certificate made for this test alone.
const certificate = `-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUI4AbaTIfTwBbB6NvEStA8Nk/nBEwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjQwNjUyMDdaGA8yMTI2MTAzMTA2NTIw
N1owDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDZ8
L7o1RC1fyN7h2MntknYKHDuedw9EAQLXX+KI8VTwhLcrFt3NjQcQUKAfV+ZL2U6e
HAZyDq0wQKNE3utcTvWjUzBRMB0GA1UdDgQWBBQ4JER9qmykssDRg1Ix5wgp6x5e
NjAfBgNVHSMEGDAWgBQ4JER9qmykssDRg1Ix5wgp6x5eNjAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0gAMEUCIAEh1aOpKVKJm16fJsyJPedpABTKLzMmPCxj
cu73giXTAiEArmQMBpreoMk4SRppw/EEwVGF3Qv+8QecorpOA3Szf4k=
-----END CERTIFICATE-----`;
const fingerprint = 'BB:50:99:01:40:B6:B8:FF:35:6E:6B:28:B1:D5:8E:37:60:F4:A6:FE:DA:DC:54:25:CC:D4:ED:23:4F:54:1F:28';

test('the key is derived as the core does it', async () => {
  expect(Buffer.from(await tokenKey('change-me', salt)).toString('hex')).toBe(
    'a1c493afda96116fa59d79cacbd67db348dedb116c23d579753aab35d25724ba',
  );
});

test('a token equals the published one letter by letter', async () => {
  const token = await createToken('change-me', {}, { salt, now: () => (4102444800 - 300) * 1000 });

  expect(token).toBe(vector);
});

test('a token holds its expiry alone and a fresh salt', async () => {
  const [first, second] = await Promise.all([createToken('secret'), createToken('secret')]);

  const claims = await verifyToken(first, 'secret');

  expect(Object.keys(claims)).toEqual(['exp']);
  expect(claims['exp']).toBeGreaterThan(Date.now() / 1000 + 290);
  expect(first.split('.')[0]).not.toBe(second.split('.')[0]);
});

test('a token of another key is refused', async () => {
  await expect(verifyToken(vector, 'other')).rejects.toMatchObject({ code: 'token_refused' });
});

test('a token is refused the second it expires', async () => {
  await expect(verifyToken(vector, 'change-me', { now: () => 4102444799_000 })).resolves.toEqual({ exp: 4102444800 });
  await expect(verifyToken(vector, 'change-me', { now: () => 4102444800_000 })).rejects.toMatchObject({
    code: 'token_expired',
  });
});

test('what is no token is called malformed', async () => {
  await expect(verifyToken('nonsense', 'change-me')).rejects.toMatchObject({ code: 'token_malformed' });
});

test('a token without salt is refused', async () => {
  const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

  await expect(verifyToken(`${header}.${vector.split('.').slice(1).join('.')}`, 'change-me')).rejects.toMatchObject({
    code: 'token_refused',
  });
});

test('the fingerprint is that of the certificate', () => {
  expect(certificateFingerprint(certificate)).toBe(fingerprint);
});

test('a certificate signed by a core with the same key is accepted', async () => {
  const token = await createToken('secret', { sha256_fingerprint: fingerprint });

  await expect(verifyCaCertificate(certificate, `Bearer ${token}`, 'secret')).resolves.toBeUndefined();
});

test('a certificate of somebody in between is refused', async () => {
  const token = await createToken('secret', { sha256_fingerprint: fingerprint.replaceAll('0', '1') });

  await expect(verifyCaCertificate(certificate, `Bearer ${token}`, 'secret')).rejects.toMatchObject({
    code: 'wrong_fingerprint',
  });
  await expect(verifyCaCertificate(certificate, `Bearer ${token}`, 'other')).rejects.toMatchObject({
    code: 'token_refused',
  });
});

test('a core without key is told apart', async () => {
  await expect(verifyCaCertificate(certificate, undefined, 'secret')).rejects.toMatchObject({
    code: 'core_without_key',
  });
});

test('the scheme word of a header is compared without case', () => {
  expect([bearerToken('bearer abc'), bearerToken('Basic abc'), bearerToken(undefined)]).toEqual([
    'abc',
    undefined,
    undefined,
  ]);
});
