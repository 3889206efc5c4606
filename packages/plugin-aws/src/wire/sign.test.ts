import { expect, test } from '@jest/globals';

import { Signer } from './sign.ts';

const now = new Date('2015-08-30T12:36:00Z');
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

test('a form has the signature of the published example', () => {
  const headers = new Signer({ region: 'us-east-1', service: 'service' }).sign(
    'Param1=value1',
    'example.amazonaws.com',
    credentials,
    now,
  );

  expect(headers['authorization']).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  );
});

test('a new day and new credentials make a new key', () => {
  const signer = new Signer({ region: 'us-east-1', service: 'service' });
  const sign = (key: string, time: Date) =>
    signer.sign('', 'host', { ...credentials, accessKeyId: key }, time)['authorization'];

  const signatures = [sign('A', now), sign('B', now), sign('A', new Date('2015-08-31T12:36:00Z')), sign('A', now)];

  expect(new Set(signatures).size).toBe(3);
});

test('the token of a session is signed with the rest', () => {
  const headers = new Signer({ region: 'us-east-1', service: 'service' }).sign(
    '',
    'host',
    { ...credentials, sessionToken: 'token' },
    now,
  );

  expect(headers['x-amz-security-token']).toBe('token');
  expect(headers['authorization']).toContain('SignedHeaders=content-type;host;x-amz-date;x-amz-security-token,');
});
