import { expect, test } from '@jest/globals';

import { parseArguments } from './arguments.ts';
import { certificateOptions } from './core-access.ts';

test.each([
  [[], {}, true],
  [['--no-verify-certs'], {}, false],
  [[], { RESOTOWORKER_NO_VERIFY_CERTS: 'true' }, false],
  [[], { RESOTOWORKER_NO_VERIFY_CERTS: 'yes' }, false],
  [[], { RESOTOWORKER_NO_VERIFY_CERTS: 'false' }, true],
  [[], { FIXWORKER_NO_VERIFY_CERTS: '1' }, false],
])('with %j and %j the certificate of the core is verified: %s (no. 8)', (args, env, verified) => {
  expect(optionsOf(args, env).verify).toBe(verified);
});

test('an empty key is none, and files are those of the options', () => {
  const args = [
    '--psk',
    '',
    '--ca-cert',
    'ca.pem',
    '--cert',
    'c.pem',
    '--cert-key',
    'k.pem',
    '--cert-key-pass',
    'pass',
  ];

  expect(optionsOf(args, { RESOTOWORKER_PSK: 'key' })).toMatchObject({
    core: { uri: 'https://localhost:8900', psk: undefined },
    files: { caCert: 'ca.pem', cert: 'c.pem', certKey: 'k.pem', certKeyPass: 'pass' },
  });
});

function optionsOf(args: readonly string[], env: NodeJS.ProcessEnv) {
  const command = parseArguments(args, env);
  if (command.name === 'help') throw new Error('no command');
  return certificateOptions(command.options);
}
