import { expect, test } from '@jest/globals';
import type { CommandContext } from '@resoto/worker-core/plugin';
import { recordingLog } from '@resoto/worker-core/testing';

import { ask } from './commands.ts';
import { instance } from './kinds.ts';

const context: CommandContext = {
  config: {},
  generation: 'resoto',
  log: recordingLog(),
  signal: new AbortController().signal,
};
const resource = {
  nodeId: 'n',
  kind: instance,
  reported: { kind: 'example_instance', id: 'i-1', name: 'one', instance_cores: 4 },
  owners: { region: { name: 'US West' } },
};

test('by itself the command tells what there is', async () => {
  expect(await ask.run(undefined, [], context)).toContain('2 regions');
});

test('of a resource it tells the name, or the property that is asked for', async () => {
  expect(await ask.run(resource, [], context)).toEqual({ id: 'i-1', region: 'US West', name: 'one' });
  expect(await ask.run(resource, ['instance_cores'], context)).toMatchObject({ instance_cores: 4 });
});

test('what a resource does not have cannot be told', async () => {
  await expect(ask.run(resource, ['wings'], context)).rejects.toThrow('example_instance has no wings');
});
