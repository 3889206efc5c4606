/**
 * `npm test`: all tests, cached for each package by Nx. With arguments, these are handed to Jest instead:
 * `npm test -- packages/worker-core/src/graph`.
 */
import { prepareEnvironments } from '@resoto/tools-shared';
import { announce, run } from './commands.ts';
import { nx } from './nx.ts';
import { clearResults, summary } from './test-results.ts';

const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];

await prepareEnvironments(announce);
const args = process.argv.slice(2);
if (args.length > 0) {
  process.exitCode = await run(process.execPath, [...jest, ...args]);
} else {
  await clearResults();
  process.exitCode = await nx('test');
  process.stdout.write(`${await summary()}\n`);
}
