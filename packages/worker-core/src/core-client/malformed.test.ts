import { afterEach, describe, expect, test } from '@jest/globals';
import { errorCode, errorText } from '../errors.ts';
import type { Logger } from '../plugin/contract.ts';
import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '../protocol/json.ts';
import { eventually } from '../testing/eventually.ts';
import { heapInUse } from '../testing/heap.ts';
import { ScriptedCore, type ScriptedSocket } from '../testing/scripted-core.ts';
import { brokenAnswers, brokenBodies } from '../testing/scripted/broken-answers.ts';
import { brokenFrames } from '../testing/scripted/broken-frames.ts';
import { ActionClient } from './actions.ts';
import { coreConnection } from './connection.ts';
import { CoreClient } from './core-client.ts';
import { configEvents } from './events.ts';
import { TaskClient } from './tasks.ts';

/** On all three sockets together. */
const frames = 10_000;
/** MB. It is next to nothing; what a test runner keeps by itself comes and goes. */
const growth = 10;
const backOff = { minimum: 1, maximum: 5 };
const ending: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

interface Listener {
  readonly path: string;
  readonly ignored: string;
  readonly sample: (id: string) => JsonObject;
  /** What the other side makes of it, told independently. */
  readonly isRight: (message: JsonObject) => boolean;
  /** Starts it, and tells which messages arrived. */
  readonly start: (core: ScriptedCore, log: Logger) => (id: string) => boolean;
}

const listeners: readonly Listener[] = [
  {
    path: '/subscriber/w-collector/handle',
    ignored: 'a message of the core was ignored',
    sample: (task) => ({ kind: 'action', message_type: 'collect', data: { task, step: 'collect', timing: { a: {} } } }),
    isRight: ({ kind, message_type: type, data }) =>
      kind === 'action' && isText(type) && isJsonObject(data) && isText(data['task']) && isText(data['step']),
    start(core, log) {
      const client = new CoreClient({ connection: coreConnection({ uri: core.uri }), backOff });
      const seen = new Set<string>();
      const actions = new ActionClient({
        ...{
          core: client,
          subscriberId: 'w-collector',
          events: [{ name: 'collect' }],
          timeout: () => 60,
          log,
          backOff,
        },
        missedAfter: 0,
        handle: async ({ data }) => void seen.add(data.task),
      });
      ending.push(() => actions.close(AbortSignal.timeout(100)));
      ending.push(() => client.close());
      return (id) => seen.has(id);
    },
  },
  {
    path: '/work/queue',
    ignored: 'a task of the core was ignored',
    sample: (id) => ({ task_id: id, task_name: 'tag', data: { delete: ['owner'] }, attrs: { cloud: 'acme' } }),
    isRight: ({ task_id: id, task_name: name, data = {}, attrs = {} }) =>
      isText(id) && isText(name) && isJsonObject(data) && isJsonObject(attrs),
    start(core, log) {
      const seen = new Set<string>();
      const handle = async ({ task_id: id }: { readonly task_id: string }): Promise<JsonValue> => {
        seen.add(id);
        return null;
      };
      const connection = coreConnection({ uri: core.uri });
      const tasks = new TaskClient({ connection, handlers: [{ name: 'tag', filter: {}, handle }], log, backOff });
      ending.push(() => tasks.close());
      return (id) => seen.has(id);
    },
  },
  {
    path: '/events',
    ignored: 'an event of the core was ignored',
    sample: (revision) => ({ kind: 'event', message_type: 'config-updated', data: { id: 'w', revision } }),
    isRight: ({ kind, message_type: type, data }) => kind === 'event' && isText(type) && isJsonObject(data ?? {}),
    start(core, log) {
      const seen = new Set<string | undefined>();
      const connection = coreConnection({ uri: core.uri });
      const events = configEvents({
        ...{ connection, configId: 'w', log, backOff },
        onChange: (revision) => void seen.add(revision),
      });
      ending.push(() => events.close());
      return (id) => seen.has(id);
    },
  },
];

test.each(listeners)(
  'thousands of malformed frames at $path are each logged, cost no memory, and the next right one arrives',
  async ({ path, ignored, sample, isRight, start }) => {
    const core = await ScriptedCore.start();
    ending.push(() => core.stop());
    const { log, count } = countingLog();
    const arrived = start(core, log);
    let sentinels = 0;
    /** Everything before it has been read when it arrives. */
    const settle = async (): Promise<void> => {
      const id = `right-${(sentinels += 1)}`;
      (await openSocket(core, path)).send(sample(id));
      await eventually(() => expect(arrived(id)).toBe(true));
    };
    await settle();
    let wrong = 0;
    let sent = 0;
    let before = 0;

    for (const frame of brokenFrames(Math.ceil(frames / 3), (index) => sample(`m-${index}`), { seed: 1 })) {
      if (frame.ends || sent % 500 === 0) await settle();
      if (sent === 1000) before = heapInUse();
      const connections = core.socketsOf(path).length;
      frame.send(await openSocket(core, path));
      if (frame.ends) await moreConnections(core, path, connections);
      else if (!isRightText(frame.text ?? '', isRight)) wrong += 1;
      sent += 1;
    }
    await settle();

    expect(wrong).toBeGreaterThan(frames / 6);
    expect(count(ignored)).toBe(wrong);
    core.requests.length = 0;
    for (const socket of core.sockets) socket.received.length = 0;
    expect(heapInUse() - before).toBeLessThan(growth);
  },
);

describe('malformed answers', () => {
  const config = { config: { a: 1 }, raw_config: {}, overrides: null, nodes_created: 1 };
  const row = { type: 'node', id: 'a', reported: { kind: 'acme_box' } };
  const body = async function* () {
    yield '{}\n';
  };

  const calls: Readonly<Record<string, readonly [request: string, (client: CoreClient) => Promise<unknown>]>> = {
    waitUntilReady: ['GET /system/ready', (client) => client.waitUntilReady({ timeout: 5, pause: 1 })],
    config: ['GET /config/w', (client) => client.config('w')],
    putConfig: ['PUT /config/w', (client) => client.putConfig('w', {})],
    patchConfig: ['PATCH /config/w', (client) => client.patchConfig('w', {})],
    patchConfigModel: ['PATCH /configs/model', (client) => client.patchConfigModel([])],
    subscribe: [
      'POST /subscriber/w/collect',
      (client) => client.subscribe({ subscriberId: 'w', event: 'collect', timeout: 1 }),
    ],
    createGraph: ['POST /graph/g', (client) => client.createGraph('g')],
    patchModel: ['PATCH /graph/g/model', (client) => client.patchModel('g', [])],
    merge: ['POST /graph/g/merge', (client) => client.merge('g', { body, nodes: 1, edges: 0 })],
    searchGraph: ['POST /graph/g/search/graph', (client) => all(client.searchGraph('g', 'all'))],
    searchList: ['POST /graph/g/search/list', (client) => all(client.searchList('g', 'all'))],
    patchNodes: ['PATCH /graph/g/nodes', (client) => client.patchNodes('g', [{ id: 'a' }])],
    execute: ['POST /cli/execute', (client) => all(client.execute('search all'))],
  };

  test.each(Object.entries(calls))(
    '%s fails with what was attempted, or makes nothing of them',
    async (name, [request, call]) => {
      const core = await ScriptedCore.start();
      const client = new CoreClient({ connection: coreConnection({ uri: core.uri }), backOff });
      ending.push(
        () => core.stop(),
        () => client.close(),
      );
      const [method = '', path = ''] = request.split(' ');
      const sample = name.startsWith('search') || name === 'execute' ? row : config;
      const type = sample === row ? 'application/x-ndjson' : 'application/json';
      const unclear: string[] = [];

      for (const answer of [
        ...brokenAnswers.map(([, known]) => known),
        ...brokenBodies(60, sample, { seed: 2, type }),
      ]) {
        core.answer(method, path, answer);
        const error = await call(client).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        const isClear =
          errorCode(error) !== undefined && errorText(error).includes(method === 'GET' ? 'GET' : path.slice(1, 4));
        const isRow =
          errorText(error).startsWith('The core answered a') || errorText(error).startsWith('The search failed');
        if (error !== undefined && !isClear && !isRow) unclear.push(errorText(error));
      }

      expect(unclear).toEqual([]);
      core.answer(method, path, sample === row ? { json: row, headers: { 'Content-Type': type } } : { json: config });
      await expect(call(client)).resolves.not.toThrow();
    },
  );

  test('without end are given up, whether they are read as a whole or in rows', async () => {
    const core = await ScriptedCore.start();
    const client = new CoreClient({ connection: coreConnection({ uri: core.uri }), backOff });
    ending.push(
      () => core.stop(),
      () => client.close(),
    );
    const endless = { body: ' '.repeat(1024 * 1024), headers: { 'Content-Type': 'application/json' }, endless: true };
    core.answer('GET', '/config/w', endless);
    core.answer('POST', '/graph/g/search/list', endless);

    await expect(client.config('w')).rejects.toMatchObject({ code: 'answer_too_long' });
    await expect(all(client.searchList('g', 'all'))).rejects.toMatchObject({ code: 'line_too_long' });
  });
});

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isRightText(text: string, isRight: Listener['isRight']): boolean {
  try {
    const value = parseJson(text);
    return isJsonObject(value) && isRight(value);
  } catch {
    return false;
  }
}

function moreConnections(core: ScriptedCore, path: string, than: number): Promise<void> {
  return eventually(() => expect(core.socketsOf(path).length).toBeGreaterThan(than));
}

async function openSocket(core: ScriptedCore, path: string): Promise<ScriptedSocket> {
  let socket: ScriptedSocket | undefined;
  await eventually(() => {
    socket = core.sockets.findLast((known) => known.path === path);
    expect(socket?.isOpen).toBe(true);
  });
  if (socket === undefined) throw new Error('no connection');
  return socket;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** A log that keeps nothing but numbers. */
function countingLog(): { readonly log: Logger; readonly count: (message: string) => number } {
  const counts = new Map<string, number>();
  const add = (message: string): void => void counts.set(message, (counts.get(message) ?? 0) + 1);
  return {
    log: { trace: add, debug: add, info: add, warn: add, error: add },
    count: (message) => counts.get(message) ?? 0,
  };
}
