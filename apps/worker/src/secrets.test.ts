import { expect, test } from '@jest/globals';

import { parseArguments } from './arguments.ts';

test.each([
  ['AWS_SECRET_ACCESS_KEY', '/begins+with/a+slash'],
  ['AWS_SESSION_TOKEN', 'session-token'],
  ['AZURE_CLIENT_SECRET', 'client-secret'],
  ['GITHUB_TOKEN', 'github-token'],
  ['GOOGLE_CREDENTIALS', '{"private_key":"x"}'],
  ['RESOTOWORKER_PSK', 'key!'],
])('the value of %s is masked', (name, value) => {
  expect(shown({ [name]: value }, `got ${value} there`)).toBe('got *** there');
});

test.each([
  ['AWS_SHARED_CREDENTIALS_FILE', '/home/resoto/.aws/credentials'],
  ['GOOGLE_APPLICATION_CREDENTIALS', '/home/resoto/.gcp/key.json'],
  ['AWS_ACCESS_KEY_ID', 'AKIAIOSFODNN7EXAMPLE'],
  ['USE_TOKEN', 'true'],
  ['PATH', '/usr/bin:/bin'],
])('the value of %s is no secret, and stays', (name, value) => {
  expect(shown({ [name]: value }, `got ${value} there`)).toBe(`got ${value} there`);
});

test('what an option says is masked, and so is what it replaces in the environment', () => {
  const text = shown({ RESOTOWORKER_PSK: 'from the environment' }, 'from the environment, given', ['--psk', 'given']);

  expect(text).toBe('***, ***');
});

function shown(env: NodeJS.ProcessEnv, text: string, args: readonly string[] = []): string {
  const command = parseArguments(args, env);
  if (command.name === 'help') throw new Error('no command');
  return command.options.secrets.redact(text);
}
