import { expect, test } from '@jest/globals';

import { capturedIo } from '../test/captured-io.ts';
import { run } from './run.ts';

test('help goes to standard output and ends well', async () => {
  const io = capturedIo();

  expect(await run(['--help'], io)).toBe(0);
  expect(io.output()).toMatch(/^usage: resotoworker/);
  expect(io.errors()).toBe('');
});

test('a usage error is usage and message on standard error, and exit code 2', async () => {
  const io = capturedIo();

  expect(await run(['--psk'], io)).toBe(2);
  expect(io.output()).toBe('');
  expect(io.errors()).toMatch(/^usage: resotoworker \[options\]\n.*--help\n\nresotoworker: .*psk=…\n$/);
});

test('a wrong value in the environment is a usage error as well', async () => {
  const io = capturedIo({ env: { RESOTOWORKER_IDLE_TIMEOUT: 'soon' } });

  expect(await run([], io)).toBe(2);
  expect(io.errors()).toContain("RESOTOWORKER_IDLE_TIMEOUT: 'soon' is not an integer");
});

test('a wrong address of the core ends the worker with one message', async () => {
  const io = capturedIo({ env: { RESOTO_LOG_TEXT: 'true' } });

  expect(await run(['--resotocore-uri', 'core'], io)).toBe(1);
  expect(io.errors().trimEnd().split('\n')[0]).toMatch(/CRITICAL.*no HTTP address: core.*https:\/\/core\.example/);
});
