/**
 * `npm run check`: everything that must hold before a change is taken. `--skip NAME` leaves one part out.
 */
import { parseArgs } from 'node:util';
import { prepareEnvironments } from '@resoto/tools-shared';
import { announce } from './commands.ts';
import { nx } from './nx.ts';
import { checkPacked } from './packed.ts';

/** Parts in the order in which they find mistakes soonest; each returns an exit code. */
const parts: Readonly<Record<string, () => Promise<number>>> = {
  static: async () => nx('format', 'typecheck', 'lint', 'unused'),
  build: async () => nx('build'),
  test: async () => {
    await prepareEnvironments(announce);
    return nx('test');
  },
  packed: checkPacked,
};

const { values } = parseArgs({ options: { skip: { type: 'string', multiple: true, default: [] } } });
const unknown = values.skip.filter((name) => !(name in parts));
if (unknown.length > 0) {
  announce(`There is no part ${unknown.join(', ')}; the parts are ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}

const failed: string[] = [];
for (const [name, part] of Object.entries(parts)) {
  if (values.skip.includes(name)) continue;
  // What is packed is what was built.
  if (name === 'packed' && failed.includes('build')) continue;
  announce(`\n== ${name}`);
  if ((await part()) !== 0) failed.push(name);
}
announce(failed.length === 0 ? '\nAll checks passed' : `\nFailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
