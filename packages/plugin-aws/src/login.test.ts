import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { PluginContext } from '@resoto/worker-core/plugin';

import { defaults } from '../test/test-run.ts';
import { canLogIn } from './login.ts';

const before = { ...process.env };

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    AWS_SHARED_CREDENTIALS_FILE: '/no/credentials',
    AWS_CONFIG_FILE: '/no/config',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});

afterEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, before);
});

test('AWS is not collected when nothing points to it', async () => {
  expect(await canLogIn(context())).toBe(false);
});

test.each([
  ['AWS_PROFILE', 'nope'],
  ['AWS_ACCESS_KEY_ID', 'AKIAEXPIRED'],
  ['AWS_ENDPOINT_URL', 'http://127.0.0.1:1'],
])('AWS is collected when %s is set, so that a mistake in it is told', async (name, value) => {
  process.env[name] = value;

  expect(await canLogIn(context())).toBe(true);
});

function context(): PluginContext {
  const log = { trace: () => {}, debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const signal = AbortSignal.timeout(5_000);
  return { config: defaults, generation: 'resoto', log, signal, report: () => {} };
}
