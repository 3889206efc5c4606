import { expect, test } from '@jest/globals';
import { base, type NodeKind, type PluginContext } from '@resoto/worker-core/plugin';
import { recordingLog } from '@resoto/worker-core/testing';

import { account, kinds, region } from './kinds.ts';
import { tags } from './tags.ts';

const context: PluginContext = {
  config: {},
  generation: 'resoto',
  log: recordingLog(),
  signal: new AbortController().signal,
  report: () => {},
};

test.each([...kinds.filter((kind) => kind !== account && kind !== region), base.resource])(
  'tags of $fqn can be changed',
  async (kind) => {
    expect(await change(kind)).toEqual(new Map());
  },
);

test.each([account, region])('$fqn has no tags to change', async (kind) => {
  await expect(change(kind)).rejects.toMatchObject({ code: 'provider_failed' });
});

function change(kind: NodeKind): Promise<ReadonlyMap<string, unknown>> {
  const resource = { nodeId: 'n', kind, reported: { kind: kind.fqn, id: 'x' }, owners: {} };
  return tags.change(resource, { remove: ['a'], update: { b: '' } }, context);
}
