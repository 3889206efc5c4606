import { expect, test } from '@jest/globals';
import { CoreError, errorCode, errorFacts, errorHint, errorText, PermissionError, ProviderError } from './errors.ts';

test('a denied call names place, permission and what to do', () => {
  const error = new PermissionError({
    call: 'DescribeVolumes',
    permission: 'ec2:DescribeVolumes',
    account: 'acc-1',
    region: 'eu-1',
  });

  expect(errorCode(error)).toBe('missing_permission');
  expect(error.message).toBe('DescribeVolumes was denied in acc-1/eu-1');
  expect(errorHint(error)).toContain('Allow ec2:DescribeVolumes');
  expect(errorFacts(error)).toMatchObject({ permission: 'ec2:DescribeVolumes', account: 'acc-1' });
});

test('a closer code replaces that of the class', () => {
  expect(errorCode(new ProviderError('no end', { code: 'repeated_page' }))).toBe('repeated_page');
  expect(errorCode(new ProviderError('broken'))).toBe('provider_failed');
});

test('an answer of the core is told apart by who has to act', () => {
  const codes = [400, 401, 403, 404, 413, 500, 503].map((status) => errorCode(new CoreError(status, '', 'failed')));

  expect(codes).toEqual([
    'core_refused',
    'core_wrong_key',
    'core_forbidden',
    'core_not_found',
    'core_refused',
    'core_failed',
    'core_failed',
  ]);
});

test('the code of a runtime error is its code', () => {
  expect(errorCode(Object.assign(new Error('gone'), { code: 'ENOENT' }))).toBe('ENOENT');
  expect([errorCode('text'), errorCode(undefined), errorCode({ code: 1 })]).toEqual([undefined, undefined, undefined]);
});

test('the text of whatever was thrown is never empty', () => {
  expect([new Error(''), '', undefined, null, {}, new TypeError('bad'), 5].map(errorText)).toEqual([
    'Error',
    'unknown error',
    'undefined',
    'null',
    'unknown error',
    'bad',
    '5',
  ]);
});
