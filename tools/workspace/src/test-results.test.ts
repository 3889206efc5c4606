import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { clearResults, summary } from './test-results.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'results-'));
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

test('the tests of all packages are added up', async () => {
  await result('packages/one', { numPassedTests: 3, numFailedTests: 1, numRuntimeErrorTestSuites: 0 });
  await result('apps/two', { numPassedTests: 4, numFailedTests: 0, numRuntimeErrorTestSuites: 0 });

  expect(await summary(root)).toBe('7 passed, 1 failed');
});

test('a test file that cannot be loaded is a failure', async () => {
  await result('packages/one', { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1 });

  expect(await summary(root)).toBe('0 passed, 1 failed');
});

test('the results of an earlier run do not count', async () => {
  await result('tools/one', { numPassedTests: 3, numFailedTests: 1, numRuntimeErrorTestSuites: 0 });

  await clearResults(root);

  expect(await summary(root)).toBe('0 passed, 0 failed');
});

async function result(folder: string, counts: Readonly<Record<string, number>>): Promise<void> {
  await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, folder, 'test-results.json'), JSON.stringify(counts));
}
