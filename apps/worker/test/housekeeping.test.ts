import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject, NodeRow } from '@resoto/worker-core';

import { CoreProgram, until, type Run } from './core-program.ts';
import { killPrograms } from './program.ts';
import { startWorker } from './worker-program.ts';

const account = { 'Example Account': { name: 'Example Account' } };
let core: CoreProgram;
let directory: string;
let run: Run;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'housekeeping-'));
  core = await CoreProgram.start();
  await core.configure({
    resotoworker: { collector: ['example'] },
    plugin_protector: { enabled: true },
    plugin_tagvalidator: {
      enabled: true,
      config: { default: { expiration: '12h' }, kinds: ['example_instance'], accounts: { example: account } },
    },
    plugin_cleanup_expired: { enabled: true },
    plugin_cleanup_untagged: {
      enabled: true,
      config: { default: { age: '1h' }, kinds: ['instance', 'network'], accounts: { example: account } },
    },
    plugin_cleanup_volumes: { enabled: true, dry_run: true },
  });
  await startWorker({ uri: core.uri, directory });
  for (const [step, name] of [
    ['post_collect', 'ProtectorPlugin'],
    ['pre_cleanup_plan', 'TagValidatorPlugin'],
    ['cleanup_plan', 'CleanupExpiredPlugin'],
    ['cleanup_plan', 'CleanupUntaggedPlugin'],
    ['cleanup_plan', 'CleanupVolumesPlugin'],
  ] as const) {
    await until(`${name} is registered`, () => core.isRegistered(`resoto.worker-actions-${step}-${name}`, step));
  }
  run = await core.finished(await core.startWorkflow('collect_and_cleanup'));
});

afterAll(async () => {
  await killPrograms();
  await core.remove();
  await rm(directory, { recursive: true });
});

describe('a workflow with action plugins', () => {
  test('has an answer of each of them in its step', () => {
    expect(run.answers).toMatchObject({
      post_collect: { 'resoto.worker-actions-post_collect-ProtectorPlugin': 'action_done' },
      pre_cleanup_plan: { 'resoto.worker-actions-pre_cleanup_plan-TagValidatorPlugin': 'action_done' },
      cleanup_plan: {
        'resoto.worker-actions-cleanup_plan-CleanupExpiredPlugin': 'action_done',
        'resoto.worker-actions-cleanup_plan-CleanupUntaggedPlugin': 'action_done',
        'resoto.worker-actions-cleanup_plan-CleanupVolumesPlugin': 'action_done',
      },
    });
  });

  test('protects before it plans', async () => {
    const { metadata, desired, reported } = await node('someInstance1');

    expect(metadata).toMatchObject({
      protected: true,
      event_log: [{ msg: 'Protected: It is listed in plugin_protector' }],
    });
    expect(desired?.['clean']).not.toBe(true);
    expect(reported['tags']).toMatchObject({ expiration: '2d' });
  });

  test('sets tags in the cloud, through the worker, before it looks at them', async () => {
    const { reported, metadata } = await node('someInstance2');

    expect(reported['tags']).toMatchObject({ expiration: '12h', Name: 'Example Instance 2' });
    expect(reported).not.toHaveProperty('tags.age');
    expect(metadata).toMatchObject({ python_type: expect.stringContaining('ExampleInstance') });
  });

  test('marks, with the reasons in the event log', async () => {
    const { desired, metadata } = await node('someInstance2');

    expect(desired).toEqual({ clean: true });
    expect(messages(metadata).filter((text) => text.startsWith('Marked for cleanup'))).not.toEqual([]);
  });

  test('deletes nothing', async () => {
    expect(await core.search('/metadata.cleaned == true')).toEqual([]);
  });

  test('says what was done', async () => {
    const log = (await core.log(run.id)).map(({ message }) => message);

    expect(log).toContainEqual(expect.stringContaining('[plugin_protector] protected:'));
    expect(log).toContainEqual(expect.stringContaining('[plugin_tagvalidator] tag expiration to be 12h'));
    expect(log).toContainEqual(expect.stringContaining('marked for cleanup: '));
  });
});

async function node(id: string): Promise<NodeRow> {
  const [found] = await core.search(`/reported.id == "${id}"`);
  if (found?.type !== 'node') throw new Error(`There is no ${id}`);
  return found;
}

function messages(metadata: JsonObject | undefined): string[] {
  const log = metadata?.['event_log'] as readonly { readonly msg: string }[] | undefined;
  return (log ?? []).map(({ msg }) => msg);
}
