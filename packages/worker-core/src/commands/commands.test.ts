import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ThreadPool } from '../collect/thread-pool.ts';
import type { TaskHandler } from '../core-client/tasks.ts';
import { logOf } from '../log/log.ts';
import { Secrets } from '../log/secrets.ts';
import type { PluginRegistry } from '../plugin/registry.ts';
import type { JsonObject, JsonValue } from '../protocol/json.ts';
import { taskRegistration } from '../protocol/messages.ts';
import { commandHandlers } from './command-handlers.ts';
import { plugin } from './echo.test.plugin.ts';

const never = new AbortController().signal;
const box: JsonObject = {
  id: 'node-a',
  reported: { kind: 'acme_box', id: 'a', age: '3d' },
  metadata: { protected: true },
  ancestors: { region: { reported: { id: 'eu' } } },
};
let pool: ThreadPool;
let handlers: readonly TaskHandler[];
let services: Parameters<typeof commandHandlers>[0];

beforeEach(() => {
  pool = new ThreadPool({ log: logOf(() => {}, 'info', 'main'), limits: () => ({ threads: 1, jobsPerThread: 1 }) });
  const secrets = new Secrets();
  secrets.add('hunter2');
  const entry = new URL('./echo.test.plugin.ts', import.meta.url).href;
  const from = { name: 'echo', version: '1.0.0', directory: '', contract: 1, entry };
  const commands = (plugin.commands ?? []).map((declaration) => ({ declaration, package: from }));
  const registry: PluginRegistry = {
    ...{ collectors: [], actions: [], commands, services: [] },
    ...{ sections: [], problems: [] },
  };
  const section = (name: string): JsonObject => (name === 'echo' ? { greeting: 'hi' } : {});
  services = { registry, pool, generation: 'resoto', secrets };
  handlers = commandHandlers(services, { current: { section } });
});

afterEach(() => pool.close());

test('commands are offered as they are declared, although no cloud of their plugin is enabled', () => {
  const offers: unknown = JSON.parse(taskRegistration(handlers));

  expect(offers).toMatchObject([
    {
      name: 'echo',
      info: 'Says it again.',
      description: 'Says **it** again.',
      args_description: { word: 'what to say', '--loud': '[Optional] louder' },
      allowed_on_kind: 'acme_box',
      filter: { cloud: ['acme'] },
      expect_node_result: true,
    },
    { name: 'paint', filter: {}, expect_node_result: false, args_description: {}, allowed_on_kind: null },
    ...[
      { name: 'nothing' },
      { name: 'odd' },
      { name: 'cycle' },
      { name: 'fail' },
      { name: 'wait' },
      { name: 'deaf' },
      { name: 'spin' },
      { name: 'moody' },
    ],
  ]);
});

test('offering commands starts no thread and loads none of them (no. 19)', () => {
  expect(pool.size).toBe(0);
});

describe('a raw command', () => {
  test('gets the node as it is, its arguments and its settings', async () => {
    const result = await run('echo', { args: ['a', 'b c'], node: box });

    expect(result).toEqual({ node: box, args: ['a', 'b c'], config: { greeting: 'hi' } });
  });

  test('gets no node as the first one of a line', async () => {
    expect(await run('echo', { args: [] })).toEqual({ node: null, args: [], config: { greeting: 'hi' } });
  });

  test('that returns nothing gives null', async () => {
    expect(await run('nothing', { args: [] })).toBeNull();
  });
});

describe('a resource command', () => {
  test('gets the resource with kind and owners', async () => {
    expect(await run('paint', { args: ['describe'], node: box })).toEqual({ kind: 'acme_box', region: 'eu' });
  });

  test('that returns a resource gives its node, without what the core computes and knows better', async () => {
    const result = await run('paint', { args: ['green'], node: box });

    expect(result).toEqual({ id: 'node-a', reported: { kind: 'acme_box', id: 'a', color: 'green' } });
  });

  test('gets no resource as the first one of a line, and may give any JSON', async () => {
    expect(await run('paint', { args: [] })).toEqual(['red', 'green']);
  });

  test('knows a node of another version of its plugin as a resource (no. 31)', async () => {
    const node = { id: 'n', reported: { kind: 'acme_thing_of_tomorrow', id: 'a' } };

    expect(await run('paint', { args: ['describe'], node })).toEqual({ kind: 'resource', region: null });
  });
});

describe('a command that fails', () => {
  test('tells why and what to do, without secrets', async () => {
    await expect(run('fail', { args: ['password hunter2 was denied'] })).rejects.toMatchObject({
      code: 'denied',
      message: 'password *** was denied',
      hint: 'Allow it.',
    });
  });

  test('without a text tells something all the same', async () => {
    await expect(run('fail', { args: [''] })).rejects.toMatchObject({ message: 'WorkerError' });
  });

  test('because its result is no JSON says so', async () => {
    await expect(run('cycle', { args: [] })).rejects.toMatchObject({
      code: 'plugin_failed',
      message: expect.stringContaining('The result of the command cycle is no JSON'),
    });
  });

  test('to load is named, and loaded again the next time', async () => {
    await expect(run('moody', { args: [] })).rejects.toMatchObject({
      message: 'The command moody cannot be loaded: not in the mood',
    });

    expect(await run('moody', { args: [] })).toBe('fine');
  });

  test.each<[string, JsonObject]>([
    ['args is no list of texts', { args: 'a b' }],
    ['args is no list of texts', { args: [1] }],
    ['node is no object', { args: [], node: 'n' }],
    ['its node has no kind', { args: [], node: { id: 'n', reported: {} } }],
  ])('because %s says so', async (reason, data) => {
    await expect(run('paint', data)).rejects.toMatchObject({
      code: 'broken_task',
      message: `The task paint cannot be understood: ${reason}`,
    });
  });
});

test('a command ends when nobody waits for it any more', async () => {
  const connection = new AbortController();

  const waiting = run('wait', { args: [] }, connection.signal);
  connection.abort(new Error('the connection was closed'));

  await expect(waiting).rejects.toThrow('the connection was closed');
});

test.each(['wait', 'deaf', 'spin'])('a command that does not end in time (%s) is answered in time', async (name) => {
  const impatient = commandHandlers(services, { current: { section: () => ({}) } }, 50);

  await expect(run(name, { args: [] }, never, impatient)).rejects.toMatchObject({
    code: 'timed_out',
    message: `${name} did not end within 0.05 s`,
  });
});

test('what is no JSON but can be written as such is', async () => {
  expect(await run('odd', { args: [] })).toEqual({});
});

function run(name: string, data: JsonObject, signal = never, offered = handlers): Promise<JsonValue> {
  const handler = offered.find((known) => known.name === name);
  if (handler === undefined) throw new Error(`no command ${name}`);
  return handler.handle({ task_id: '1', task_name: name, attrs: {}, data }, signal);
}
