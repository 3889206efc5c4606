import { globSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '@resoto/tools-shared';

/** The target `test` of each package has Jest write its counts there; Nx caches them with the result. */
const pattern = '{packages,apps,tools}/*/test-results.json';

interface Counts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Test files that could not even be loaded. */
  readonly numRuntimeErrorTestSuites: number;
}

/** Removes the counts of earlier runs. */
export async function clearResults(root = repositoryRoot): Promise<void> {
  await Promise.all(resultFiles(root).map((file) => rm(file)));
}

/** `N passed, N failed` over all packages; a test file that could not be run counts as one failure. */
export async function summary(root = repositoryRoot): Promise<string> {
  const counts = await Promise.all(resultFiles(root).map(readCounts));
  const passed = sum(counts.map((count) => count.numPassedTests));
  const failed = sum(counts.map((count) => count.numFailedTests + count.numRuntimeErrorTestSuites));
  return `${passed} passed, ${failed} failed`;
}

function resultFiles(root: string): string[] {
  return globSync(pattern, { cwd: root }).map((file) => join(root, file));
}

async function readCounts(file: string): Promise<Counts> {
  return JSON.parse(await readFile(file, 'utf8')) as Counts;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
