import { describe, expect, test } from '@jest/globals';

import { environmentValues } from './environment.ts';
import type { Option } from './options.ts';
import { resotoworker } from './program.ts';

const options: readonly Option[] = [
  { name: 'no-verify-certs', type: 'flag', describe: '' },
  { name: 'override', type: 'list', describe: '' },
  { name: 'idle-timeout', type: 'int', describe: '' },
  { name: 'cert-key-pass', type: 'string', describe: '' },
];

test('a variable has the name of its option in capitals, with underscores', () => {
  expect(read({ RESOTOWORKER_CERT_KEY_PASS: 'x', RESOTOWORKER_IDLE_TIMEOUT: ' 7 ' })).toEqual({
    'cert-key-pass': 'x',
    'idle-timeout': 7,
  });
});

test.each([
  ['true', true],
  ['TRUE', true],
  ['1', true],
  ['Yes', true],
  ['false', false],
  ['0', false],
  ['on', false],
  ['', false],
])('the flag %j is %j', (text, value) => {
  expect(read({ RESOTOWORKER_NO_VERIFY_CERTS: text })).toEqual({ 'no-verify-certs': value });
});

describe('a list', () => {
  test('is split at every single space', () => {
    expect(read({ RESOTOWORKER_OVERRIDE: 'a.b=1 c.d=2  e' })).toEqual({ override: ['a.b=1', 'c.d=2', '', 'e'] });
    expect(read({ RESOTOWORKER_OVERRIDE: '' })).toEqual({ override: [''] });
  });

  test('may be numbered, with gaps, and then its values may hold spaces', () => {
    const env = { RESOTOWORKER_OVERRIDE10: 'c', RESOTOWORKER_OVERRIDE2: 'b b', RESOTOWORKER_OVERRIDE0: 'a' };

    expect(read(env)).toEqual({ override: ['a', 'b b', 'c'] });
  });

  test('ends with number 254', () => {
    expect(read({ RESOTOWORKER_OVERRIDE254: 'last', RESOTOWORKER_OVERRIDE255: 'no more' })).toEqual({
      override: ['last'],
    });
  });

  test('without number wins over the numbered one', () => {
    expect(read({ RESOTOWORKER_OVERRIDE: 'a', RESOTOWORKER_OVERRIDE0: 'b' })).toEqual({ override: ['a'] });
  });
});

test('a flag that is neither true nor false is false, and that is told', () => {
  const env = { RESOTOWORKER_NO_VERIFY_CERTS: 'on' };

  expect(environmentValues(resotoworker, options, env).remarks).toEqual([
    expect.stringContaining('RESOTOWORKER_NO_VERIFY_CERTS'),
  ]);
});

function read(env: NodeJS.ProcessEnv): object {
  return Object.fromEntries(environmentValues(resotoworker, options, env).values);
}
