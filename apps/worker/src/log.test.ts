import { expect, test } from '@jest/globals';

import { capturedIo } from '../test/captured-io.ts';
import { parseArguments } from './arguments.ts';
import { commandLog } from './log.ts';

test.each([
  [[], {}, 'info'],
  [['-v'], {}, 'debug'],
  [['--trace'], {}, 'trace'],
  [['--quiet'], {}, 'error'],
  [[], { RESOTOWORKER_VERBOSE: '1' }, 'debug'],
  [[], { RESOTOWORKER_QUIET: 'true' }, 'error'],
  [[], { RESOTO_VERBOSE: 'TRUE' }, 'debug'],
  [[], { RESOTO_TRACE: 'true' }, 'trace'],
  [[], { RESOTO_QUIET: 'yes' }, 'info'],
  [['--quiet'], { RESOTO_VERBOSE: 'true' }, 'debug'],
])('with %j and %j the level is %s', async (args, env, level) => {
  const command = parseArguments(args, env);
  if (command.name === 'help') throw new Error('no command');

  const log = await commandLog(command.options, capturedIo({ env }));

  expect(log.level).toBe(level);
});
