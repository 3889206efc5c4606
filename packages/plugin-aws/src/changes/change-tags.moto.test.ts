import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { moto } from '@resoto/tools-shared';
import type { RunningServer } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';
import type { CleanupResource, TagChanges } from '@resoto/worker-core/plugin';

import { collect, files, useEndpoint } from '../../test/replay.ts';
import { storedNodes } from '../../test/stored-nodes.ts';
import { pluginContext } from '../../test/test-run.ts';
import { declared } from '../aws-kind.ts';
import { changeTags } from './change-tags.ts';

const emulator = await moto();

/** Kinds this server takes tags for, but whose lists do not have them. */
const unlisted = [
  'aws_cloudwatch_log_group',
  'aws_ec2_network_interface',
  'aws_iam_instance_profile',
  'aws_iam_policy',
];
/** Kinds this server knows no tags of. */
const without = ['aws_eks_nodegroup'];

describeWith('tags on moto', [emulator, files], () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await emulator.start();
    await promisify(execFile)(String(emulator.python), [files.path('tools/moto-seed/seed.py'), server.url]);
    useEndpoint(server.url);
  });

  afterAll(() => server.stop());

  test('are set and removed, for one resource of each kind', async () => {
    const resources = await oneOfEachKind();

    const set = await changeAll(resources, { remove: [], update: { first: '1', second: '', third: '3' } });
    const removed = await changeAll(resources, { remove: ['first', 'never there'], update: { third: '33' } });

    expect(resources.length).toBeGreaterThan(35);
    expect([...set, ...removed]).toEqual([]);
    const listed = resources.filter(({ kind }) => !unlisted.includes(kind.fqn));
    const tags = await tagsOf(listed);
    const expected = expect.objectContaining({ second: '', third: '33' });
    expect(tags).toEqual(new Map(listed.map(({ kind }) => [kind.fqn, expected])));
    expect([...tags].filter(([, found]) => 'first' in found)).toEqual([]);
  });

  async function oneOfEachKind(): Promise<CleanupResource[]> {
    const { nodes } = storedNodes(await collect({ region: ['us-east-1', 'eu-central-1'] }));
    const first = new Map(nodes.toReversed().map((node) => [node.kind.fqn, node]));
    return [...first.values()].filter(({ kind }) => declared(kind)?.tags !== undefined && !without.includes(kind.fqn));
  }

  async function tagsOf(resources: readonly CleanupResource[]): Promise<Map<string, object>> {
    const { nodes } = storedNodes(await collect({ region: ['us-east-1', 'eu-central-1'] }));
    const found = new Map(nodes.map(({ nodeId, reported }) => [nodeId, reported['tags']]));
    return new Map(resources.map(({ kind, nodeId }) => [kind.fqn, Object(found.get(nodeId)) as object]));
  }
});

/** @returns what went wrong, with its kind */
async function changeAll(resources: readonly CleanupResource[], changes: TagChanges): Promise<string[]> {
  const problems: string[] = [];
  const changeOne = async (resource: CleanupResource) => {
    try {
      const failed = await changeTags(resource, changes, pluginContext());
      for (const key of failed.keys()) problems.push(`${resource.kind.fqn} ${key}`);
    } catch (error) {
      problems.push(`${resource.kind.fqn}: ${String(error)}`);
    }
  };
  await Promise.all(resources.map(changeOne));
  return problems;
}
