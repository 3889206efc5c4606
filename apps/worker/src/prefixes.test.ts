import { expect, test } from '@jest/globals';

import { expandPrefixes } from './prefixes.ts';

const names = ['cert', 'cert-key', 'psk'];

test('a beginning of one option is completed, with or without a value', () => {
  expect(expandPrefixes(['--p', 'x', '--p=y'], names)).toEqual(['--psk', 'x', '--psk=y']);
});

test('an exact name is no beginning of a longer one', () => {
  expect(expandPrefixes(['--cert', 'x'], names)).toEqual(['--cert', 'x']);
});

test('an ambiguous beginning is a usage error', () => {
  expect(() => expandPrefixes(['--cer=x'], names)).toThrow(
    expect.objectContaining({ code: 'usage', message: '--cer is ambiguous: --cert, --cert-key' }),
  );
});

test('what is unknown, no option, or behind -- stays as it is', () => {
  const args = ['local', '-p', '--unknown', '--', '--p'];

  expect(expandPrefixes(args, names)).toEqual(args);
});
