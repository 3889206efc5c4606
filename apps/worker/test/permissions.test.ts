import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { acmePackage } from './acme-cloud.ts';
import { installProgram, startWorkerProgram } from './worker-program.ts';

let directory: string;
let withAcme: URL;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'permissions-'));
  withAcme = await installProgram(directory, { acme: acmePackage });
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

test.each([
  [[], 'iam-policy.json'],
  [['--tag'], 'iam-policy-tag.json'],
  [['--cleanup'], 'iam-policy-cleanup.json'],
])('of AWS with %j are the policy of the package', async (args, file) => {
  const { code, stdout } = await permissions(['aws', ...args]);

  const text = await readFile(new URL(`../../../packages/plugin-aws/${file}`, import.meta.url), 'utf8');
  expect(code).toBe(0);
  expect(stdout).toBe(text);
});

test('of a cloud that asks for none are none', async () => {
  const { code, stdout } = await permissions(['random']);

  expect(code).toBe(0);
  expect(stdout).toBe('The kinds of random need no permissions to collect.\n');
});

test('of a cloud without a language for policies are a list', async () => {
  const { code, stdout } = await permissions(['acme', '--cleanup'], withAcme);

  expect(code).toBe(0);
  expect(stdout).toBe('acme:DeleteBox\nacme:OpenBox\n');
});

test('of a cloud that is not installed are an error that names those which are', async () => {
  const { code, stdout, stderr } = await permissions(['nowhere'], withAcme);

  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^resotoworker: No plugin for the cloud nowhere .*acme\.\nInstall it .*plugin-nowhere\n$/);
});

test.each([[[]], [['aws', '--tag', '--cleanup']]])('with %j are a usage error', async (args) => {
  expect((await permissions(args)).code).toBe(2);
});

async function permissions(args: readonly string[], main?: URL) {
  const program = startWorkerProgram({ args: ['permissions', ...args], ...(main === undefined ? {} : { main }) });
  const code = await program.ended;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
}
