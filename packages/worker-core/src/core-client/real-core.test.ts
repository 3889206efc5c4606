import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { realCore, type RunningRealCore } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';
import { plugin } from '../commands/echo.test.plugin.ts';
import { commandHandlers } from '../commands/command-handlers.ts';
import { ThreadPool } from '../collect/thread-pool.ts';
import { logOf } from '../log/log.ts';
import { Secrets } from '../log/secrets.ts';
import type { JsonObject } from '../protocol/json.ts';
import { eventually } from '../testing/eventually.ts';
import { recordingLog, type RecordingLog } from '../testing/recording-log.ts';
import { brokenJson } from '../testing/scripted/broken-json.ts';
import { seededRandom } from '../testing/scripted/random.ts';
import { ActionClient, type ActionHandler } from './actions.ts';
import { coreConnection } from './connection.ts';
import { CoreClient } from './core-client.ts';
import { TaskClient, type TaskHandler } from './tasks.ts';

const real = await realCore();
const backOff = { minimum: 20, maximum: 200 };

describeWith('clients against the code of the real core', [real], () => {
  let core: RunningRealCore;
  let client: CoreClient;
  let log: RecordingLog;
  let ending: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    core = await real.start();
    client = new CoreClient({ connection: coreConnection({ uri: core.url }), backOff });
  });

  beforeEach(() => {
    log = recordingLog();
  });

  afterEach(async () => {
    for (const end of ending.toReversed()) await end();
    ending = [];
  });

  afterAll(async () => {
    client.close();
    await core.stop();
  });

  test('200 tag tasks at once are all done', async () => {
    const seen = new Set<string>();
    const all = Promise.withResolvers<void>();
    await taskClient(
      tag('acme', async ({ data }) => {
        if (seen.add(JSON.stringify(data['number'])).size === 200) all.resolve();
        await all.promise;
        return data;
      }),
    );

    const asked: Promise<unknown>[] = [];
    while (asked.length < 200) {
      // Few connections wait at the control port, and more than that are dropped.
      const next = Array.from({ length: 5 }, (_, index) => asked.length + index);
      asked.push(
        ...next.map((number) => core.control('work', { name: 'tag', data: { number }, attrs: { cloud: 'acme' } })),
      );
      await eventually(() => expect(seen.size).toBe(asked.length));
    }
    const results = await Promise.all(asked);

    expect(results).toMatchObject(Array.from({ length: 200 }, (_, number) => ({ result: { number } })));
    expect(seen.size).toBe(200);
  });

  test('a task the core never sends is answered, and those after it as ever', async () => {
    const tasks = await taskClient(tag('acme', async () => 'done'));

    await core.control('frame', { path: '/work/queue', text: JSON.stringify(task('1', 'surprise')) });
    await core.control('frame', { path: '/work/queue', text: '{"task_id":"2","task_name":7}' });

    const result = await core.control('work', { name: 'tag', data: {}, attrs: { cloud: 'acme' } });
    expect(result).toMatchObject({ result: 'done' });
    expect(tasks.state).toMatchObject({ is: 'connected', epoch: 1 });
  });

  test('a task that fails gives its reason to whoever asked', async () => {
    await taskClient(tag('acme', () => Promise.reject(new Error(''))));

    expect(await core.control('work', { name: 'tag', data: {}, attrs: { cloud: 'acme' } })).toMatchObject({
      error: expect.stringContaining('Error'),
    });
  });

  test('malformed frames change nothing', async () => {
    const tasks = await taskClient(tag('acme', async () => 'done'));
    const actions = actionClient('real-a', async () => {});
    await eventually(() => expect(actions.state.is).toBe('connected'));
    const random = seededRandom(5);

    for (let index = 0; index < 100; index++) {
      const path = random.pick(['/work/queue', '/handle', '/events']);
      const text = brokenJson({ kind: 'event', message_type: 'x', data: { task: 't' } }, random);
      await core.control('frame', { path, text, binary: random.below(4) === 0 });
    }

    const { task: id } = await emit('collect');
    expect(await core.control('work', { name: 'tag', data: {}, attrs: { cloud: 'acme' } })).toMatchObject({
      result: 'done',
    });
    await eventually(() => expect(log.messages('debug')).toContain(`done ${id}`));
    expect([tasks.state, actions.state]).toMatchObject([{ epoch: 1 }, { epoch: 1 }]);
  });

  test('commands are known, get their arguments and give their results', async () => {
    const pool = new ThreadPool({
      log: logOf(() => {}, 'info', 'main'),
      limits: () => ({ threads: 1, jobsPerThread: 4 }),
    });
    ending.push(() => pool.close());
    const entry = new URL('../commands/echo.test.plugin.ts', import.meta.url).href;
    const from = { name: 'echo', version: '1.0.0', directory: '', contract: 1, entry };
    const commands = (plugin.commands ?? []).map((declaration) => ({
      // Without a kind a core takes a command only as the first one of its line.
      declaration: declaration.name === 'paint' ? { ...declaration, allowedOnKind: 'graph_root' } : declaration,
      package: from,
    }));
    const registry = {
      ...{ collectors: [], actions: [], commands, services: [] },
      ...{ sections: [], problems: [] },
    };
    const services = { registry, pool, generation: 'resoto', secrets: new Secrets() } as const;
    await client.createGraph('resoto');
    await taskClient(...commandHandlers(services, { current: { section: () => ({}) } }));

    expect(await cli('paint all')).toEqual([['red', 'green']]);
    expect(await cli('search is(graph_root) | paint "light green"')).toMatchObject([
      { id: 'root', reported: { kind: 'graph_root', color: 'light green' } },
    ]);
    await expect(cli('fail "no access"')).rejects.toThrow('no access');
  });

  test('a second worker with the same id is told what is the matter', async () => {
    const first = actionClient('real-b', async () => {});
    await eventually(() => expect(first.state.is).toBe('connected'));

    actionClient('real-b', async () => {});

    await eventually(() =>
      expect(log.records).toContainEqual(
        expect.objectContaining({
          level: 'warn',
          facts: expect.objectContaining({ hint: expect.stringContaining('Give each worker an id of its own') }),
        }),
      ),
    );
    expect(first.state).toMatchObject({ is: 'connected', epoch: 1 });
  });

  test('an action is worked on once and answered once although its socket is cut meanwhile', async () => {
    let runs = 0;
    let finish = (): void => {};
    const gate = new Promise<void>((resolve) => (finish = resolve));
    const actions = actionClient('real-c', async () => {
      runs += 1;
      await gate;
    });
    await eventually(() => expect(actions.state.is).toBe('connected'));
    const { task: run } = (await core.control('workflow', { name: 'collect' })) as { readonly task: string };
    await eventually(() => expect(runs).toBe(1));

    await core.control('drop', { path: '/handle' });
    await eventually(() => expect(actions.state).toMatchObject({ is: 'connected', epoch: 2 }));
    finish();

    await eventually(async () => expect(await answersTo(run)).not.toEqual([]));
    await actions.drain(AbortSignal.timeout(5_000));
    expect(await answersTo(run)).toHaveLength(1);
    expect(runs).toBe(1);
  });

  function actionClient(subscriberId: string, handle: ActionHandler): ActionClient {
    const actions = new ActionClient({
      ...{ core: client, subscriberId, events: [{ name: 'collect' }], timeout: () => 60, log, backOff },
      handle: async (action, ...rest) => {
        await handle(action, ...rest);
        log.debug(`done ${action.data.task}`);
      },
    });
    ending.push(() => actions.close(AbortSignal.timeout(1_000)));
    return actions;
  }

  async function taskClient(...handlers: readonly TaskHandler[]): Promise<TaskClient> {
    const tasks = new TaskClient({ connection: client.connection, handlers, log, backOff, concurrency: 500 });
    ending.push(() => tasks.close());
    const isKnown = (workers: string): boolean =>
      handlers.every(({ name, filter }) =>
        [name, ...Object.values(filter).flat()].every((text) => workers.includes(text)),
      );
    await eventually(async () => expect(isKnown(JSON.stringify(await core.control('workers')))).toBe(true));
    return tasks;
  }

  async function answersTo(run: string): Promise<readonly string[]> {
    const { messages } = (await core.control('task', { id: run })) as { readonly messages: readonly unknown[] };
    return messages.map((message) => JSON.stringify(message)).filter((message) => message.includes('action_done'));
  }

  async function emit(event: string): Promise<{ readonly task: string }> {
    return (await core.control('emit_action', { event })) as { readonly task: string };
  }

  async function cli(command: string): Promise<unknown> {
    return core.control('cli', { command: `${command} | dump` });
  }
});

function tag(cloud: string, handle: TaskHandler['handle']): TaskHandler {
  return { name: 'tag', filter: { cloud: [cloud] }, expectNodeResult: true, handle };
}

function task(id: string, name: string): JsonObject {
  return { task_id: id, task_name: name, data: {}, attrs: {} };
}
