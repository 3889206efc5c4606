import { homedir } from 'node:os';

import { expect, test } from '@jest/globals';

import { stateDirectory } from './state-directory.ts';

test.each([
  ['linux', { HOME: '/home/me' }, '/home/me/.local/state/resoto'],
  ['linux', { HOME: '/home/me', XDG_STATE_HOME: '/state' }, '/state/resoto'],
  ['linux', { HOME: '/home/me', XDG_STATE_HOME: '' }, '/home/me/.local/state/resoto'],
  ['linux', { HOME: '/home/me', XDG_STATE_HOME: 'state' }, '/home/me/.local/state/resoto'],
  ['darwin', { HOME: '/Users/me' }, '/Users/me/Library/Application Support/resoto'],
] as const)('on %s with %j state is kept in %s', (platform, env, directory) => {
  expect(stateDirectory(env, platform)).toBe(directory);
});

test('an empty HOME is none', () => {
  expect(stateDirectory({ HOME: '' }, 'linux')).toBe(`${homedir()}/.local/state/resoto`);
});
