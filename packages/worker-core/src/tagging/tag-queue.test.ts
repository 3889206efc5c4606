import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { plain, type TagScript } from '../collect/acme.test.plugin.ts';
import { ThreadPool } from '../collect/thread-pool.ts';
import { logOf } from '../log/log.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import { eventually } from '../testing/eventually.ts';
import { recordingLog, type RecordingLog } from '../testing/recording-log.ts';
import { TagQueue } from './tag-queue.ts';
import { readTagTask } from './tag-task.ts';

const never = new AbortController().signal;
let directory: string;
let pool: ThreadPool;
let log: RecordingLog;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tags-'));
  log = recordingLog();
  pool = new ThreadPool({ log: logOf(() => {}, 'info', 'main'), limits: () => ({ threads: 1, jobsPerThread: 1 }) });
});

afterEach(async () => {
  await pool.close();
  await rm(directory, { recursive: true });
});

describe('a tag task', () => {
  test('gives the node with its changed tags, without what the core computes and what it knows better', async () => {
    const node = box('a', { tags: { owner: 'joe', cost: '1' }, age: '3d', last_update: '1d', color: 'red' });

    const result = await change(queue(), { delete: ['cost'], update: { owner: 'jane' }, node });

    expect(result).toEqual({
      id: 'node-a',
      reported: { kind: 'acme_box', id: 'a', name: 'a', color: 'red', tags: { owner: 'jane' } },
    });
  });

  test('is carried out in the cloud in one call, with the kind and the owners of the resource', async () => {
    await change(queue({ calls: calls() }), { delete: ['a', 'b', 'c'], update: { c: '1', d: '2' }, node: box('a') });

    expect(lines()).toEqual(['start acme_box a eu a,b,c,d', 'end acme_box a eu a,b,c,d']);
  });

  test('keeps a tag without value as an empty text (no. 20, W23)', async () => {
    const result = await change(queue(), { update: { owner: null }, node: box('a') });

    expect(result).toMatchObject({ reported: { tags: { owner: '' } } });
  });

  test('sets values that are no text as their text, with all digits', async () => {
    const update = { number: 1.5, flag: false, list: ['a', null], big: { id: 9007199254740993n } };

    const result = await change(queue(), { update, node: box('a') });

    expect(result).toMatchObject({
      reported: { tags: { number: '1.5', flag: 'false', list: '["a",null]', big: '{"id":9007199254740993}' } },
    });
  });

  test('removes a tag the node does not know', async () => {
    const result = await change(queue(), { delete: ['gone'], node: box('a', { tags: { owner: 'joe' } }) });

    expect(result).toMatchObject({ reported: { tags: { owner: 'joe' } } });
  });

  test('gives the node with what was done when a part was refused (no. 20, W23)', async () => {
    const node = box('a', { tags: { old: '1', locked: '1' } });

    const result = await change(queue({ refuses: ['locked'] }), {
      delete: ['old', 'locked'],
      update: { new: '1' },
      node,
    });

    expect(result).toMatchObject({ reported: { tags: { locked: '1', new: '1' } } });
    expect(result).not.toMatchObject({ reported: { tags: { old: '1' } } });
    expect(log.messages('error')).toEqual(['some tags were not changed']);
  });

  test('fails with the reason and what to do when nothing was changed (W23)', async () => {
    const tagging = change(queue({ refuses: ['owner'] }), { update: { owner: 'jane' }, node: box('a') });

    await expect(tagging).rejects.toMatchObject({
      code: 'tags_not_changed',
      message:
        'Error setting tag owner to jane in cloud acme for acme_box:a: TagBox was denied. ' +
        'Allow acme:TagBox, or exclude the kind from the collect.',
    });
  });

  test('fails with what was to be deleted, whatever its name', async () => {
    const tagging = change(queue({ refuses: ['constructor'] }), { delete: ['constructor'], node: box('a') });

    await expect(tagging).rejects.toMatchObject({
      message: expect.stringContaining('Error deleting tag constructor in cloud acme for acme_box:a'),
    });
  });

  test('fails for a kind that is no thing of its own', async () => {
    const node = { ...box('a'), reported: { kind: 'acme_quota', id: 'a' } };

    await expect(change(queue(), { delete: ['x'], node })).rejects.toMatchObject({
      message: expect.stringContaining('acme_quota has no tags'),
    });
  });

  test('of a kind nobody knows is one of a resource', async () => {
    const node = { ...box('a'), reported: { kind: 'acme_thing_of_tomorrow', id: 'a', age: '3d' } };

    const result = await change(queue({ calls: calls() }), { update: { x: '1' }, node });

    expect(lines()[0]).toBe('start resource a eu x');
    expect(result).toEqual({ id: 'node-a', reported: { kind: 'acme_thing_of_tomorrow', id: 'a', tags: { x: '1' } } });
  });

  test.each<[string, JsonObject]>([
    ['node', { delete: ['a'] }],
    ['kind', { delete: ['a'], node: { id: 'a', reported: {} } }],
    ['list of keys', { delete: [1], node: box('a') }],
    ['map', { update: ['a'], node: box('a') }],
  ])('that has no %s is refused', async (what, data) => {
    await expect(change(queue(), data)).rejects.toMatchObject({
      code: 'broken_task',
      message: expect.stringContaining(what),
    });
  });
});

describe('tasks on one resource', () => {
  test('run one after the other, others beside them', async () => {
    const tags = queue({ calls: calls(), waitsFor: ['slow'], gate: gate() });

    const slow = change(tags, { update: { slow: '1' }, node: box('a') });
    const next = change(tags, { update: { next: '1' }, node: box('a') });
    await change(tags, { update: { beside: '1' }, node: box('b') });

    expect(lines().filter((line) => line.includes(' a '))).toEqual(['start acme_box a eu slow']);
    writeFileSync(gate(), '');
    await Promise.all([slow, next]);
    expect(lines().filter((line) => line.includes(' a '))).toEqual([
      ...['start acme_box a eu slow', 'end acme_box a eu slow'],
      ...['start acme_box a eu next', 'end acme_box a eu next'],
    ]);
  });

  test('keep the changes of those before when the core sends the node as it was', async () => {
    const tags = queue();
    const node = box('a', { tags: { x: '0', y: '0' } });

    await change(tags, { update: { x: '1' }, delete: ['y'], node });
    const result = await change(tags, { update: { z: '1' }, node });

    expect(result).toMatchObject({ reported: { tags: { x: '1', z: '1' } } });
    expect(result).not.toMatchObject({ reported: { tags: { y: '0' } } });
  });

  test('take the node as the core has it when it changed there', async () => {
    const tags = queue();

    await change(tags, { update: { x: '1' }, node: box('a') });
    const result = await change(tags, {
      update: { z: '1' },
      node: { ...box('a', { tags: { x: '9' } }), revision: 'r2' },
    });

    expect(result).toMatchObject({ reported: { tags: { x: '9', z: '1' } } });
  });

  test('keep the changes of those before when the core sends the node as it was in between', async () => {
    const tags = queue();
    const asSent = box('a', { tags: { x: '0' } });
    const inBetween = { ...box('a', { tags: { x: '1' } }), revision: 'r2' };

    await change(tags, { update: { x: '1' }, node: asSent });
    await change(tags, { update: { y: '1' }, node: asSent });
    await change(tags, { update: { x: '2' }, node: inBetween });
    const last = await change(tags, { update: { z: '1' }, node: inBetween });
    const late = await change(tags, { delete: ['none'], node: asSent });

    expect(last).toMatchObject({ reported: { tags: { x: '2', y: '1', z: '1' } } });
    expect(late).toMatchObject({ reported: { tags: { x: '2', y: '1', z: '1' } } });
  });

  test('go on after one that failed', async () => {
    const tags = queue({ refuses: ['x'] });

    const [first, second] = await Promise.allSettled([
      change(tags, { update: { x: '1' }, node: box('a') }),
      change(tags, { update: { y: '1' }, node: box('a') }),
    ]);

    expect(first.status).toBe('rejected');
    expect(second).toMatchObject({ value: { reported: { tags: { y: '1' } } } });
  });
});

test('hundreds of tasks are under way at once', async () => {
  const tags = queue({ calls: calls(), waitsFor: ['slow'], gate: gate() });

  const all = Array.from({ length: 300 }, (_, index) =>
    change(tags, { update: { slow: '1' }, node: box(String(index)) }),
  );

  await eventually(() => expect(lines()).toHaveLength(300));
  writeFileSync(gate(), '');
  expect(await Promise.all(all)).toHaveLength(300);
});

test('a task whose connection is gone ends with the reason', async () => {
  const connection = new AbortController();
  const tags = queue({ calls: calls(), waitsFor: ['slow'], gate: gate() });

  const slow = change(tags, { update: { slow: '1' }, node: box('a') }, connection.signal);
  const waiting = change(tags, { update: { next: '1' }, node: box('a') }, connection.signal);
  await eventually(() => expect(lines()).toHaveLength(1));
  connection.abort(new Error('closed'));

  await expect(slow).rejects.toThrow('closed');
  await expect(waiting).rejects.toThrow('closed');
  expect(lines()).toEqual(['start acme_box a eu slow']);
});

function queue(script: TagScript = {}): TagQueue {
  return new TagQueue(pool, acme(script), log);
}

function acme(tags: TagScript) {
  const entry = new URL('../collect/acme.test.plugin.ts', import.meta.url).href;
  return { cloud: 'acme', entry, generation: 'resoto', config: () => ({ script: plain({ tags }) }) } as const;
}

async function change(tags: TagQueue, data: JsonObject, signal: AbortSignal = never): Promise<JsonObject> {
  return tags.change(readTagTask({ task_id: '1', task_name: 'tag', attrs: {}, data }), signal);
}

function box(id: string, reported: Record<string, JsonValue> = {}) {
  return {
    id: `node-${id}`,
    type: 'node',
    revision: 'r1',
    reported: { kind: 'acme_box', id, name: id, ...reported },
    metadata: { protected: false, descendant_count: 1 },
    ancestors: { region: { id: 'r', reported: { id: 'eu', name: 'eu' } }, zone: null },
  };
}

function calls(): string {
  return join(directory, 'calls');
}

function gate(): string {
  return join(directory, 'gate');
}

function lines(): string[] {
  return existsSync(calls())
    ? readFileSync(calls(), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
}
