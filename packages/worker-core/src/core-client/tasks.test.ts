import { afterEach, describe, expect, test } from '@jest/globals';
import { WorkerError } from '../errors.ts';
import { eventually } from '../testing/eventually.ts';
import { recordingLog, type RecordingLog } from '../testing/recording-log.ts';
import { ScriptedCore, type ScriptedSocket } from '../testing/scripted-core.ts';
import { untilAborted } from '../testing/until-aborted.ts';
import { coreConnection } from './connection.ts';
import { TaskClient, type TaskEnd, type TaskHandler } from './tasks.ts';

const path = '/work/queue';
const ending: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

async function taskClient(
  handlers: readonly TaskHandler[],
  concurrency?: number,
  maxWaiting?: number,
  onEnd?: (end: TaskEnd) => void,
): Promise<{ core: ScriptedCore; client: TaskClient; log: RecordingLog; queue: () => Promise<ScriptedSocket> }> {
  const core = await ScriptedCore.start();
  const log = recordingLog();
  const client = new TaskClient({
    connection: coreConnection({ uri: core.uri }),
    handlers,
    log,
    backOff: { minimum: 5, maximum: 20 },
    ...(concurrency !== undefined && { concurrency }),
    ...(maxWaiting !== undefined && { maxWaiting }),
    ...(onEnd && { onEnd }),
  });
  ending.push(
    () => core.stop(),
    () => client.close(),
  );
  const queue = async (): Promise<ScriptedSocket> => {
    const before = core.sockets.length;
    await eventually(() => expect(core.sockets.slice(Math.max(0, before - 1)).at(-1)?.received).toHaveLength(1));
    const socket = core.sockets.at(-1);
    if (socket === undefined) throw new Error('no connection');
    return socket;
  };
  return { core, client, log, queue };
}

function tag(handle: TaskHandler['handle'], cloud?: string): TaskHandler {
  return { name: 'tag', filter: cloud === undefined ? {} : { cloud: [cloud] }, expectNodeResult: true, handle };
}

function task(id: string, attrs: Readonly<Record<string, string>> = {}, name = 'tag'): Record<string, unknown> {
  return { task_id: id, task_name: name, data: { delete: ['owner'] }, attrs };
}

test('W9: without handlers no connection is made', async () => {
  const { core, client } = await taskClient([]);

  await client.close();

  expect(client.state).toBeUndefined();
  expect(core.sockets).toEqual([]);
});

test('offers its handlers in the first frame', async () => {
  const { queue } = await taskClient([tag(async () => null, 'acme')]);

  const { received } = await queue();

  expect(received).toMatchObject([[{ name: 'tag', filter: { cloud: ['acme'] }, expect_node_result: true }]]);
});

test('a task the core has given up is not begun', async () => {
  const begun: string[] = [];
  let finish = (): void => {};
  const first = new Promise<void>((resolve) => (finish = resolve));
  const handler: TaskHandler = {
    name: 'tag',
    filter: {},
    patience: 0,
    handle: async ({ task_id: id }) => {
      begun.push(id);
      await first;
      return null;
    },
  };
  const { queue } = await taskClient([{ ...handler, name: 'first', patience: 60_000 }, handler], 1);
  const socket = await queue();

  socket.send(task('1', {}, 'first'));
  socket.send(task('2'));
  await eventually(() => expect(begun).toEqual(['1']));
  finish();

  await eventually(() => expect(socket.received).toHaveLength(3));
  expect(begun).toEqual(['1']);
  expect(socket.received[2]).toMatchObject({
    task_id: '2',
    result: 'error',
    error: expect.stringContaining('gave up'),
  });
});

describe('a worker that drains', () => {
  test('finishes what runs and what waits, and answers with an error what comes now', async () => {
    let finish = (): void => {};
    const gate = new Promise<void>((resolve) => (finish = resolve));
    const { queue, client } = await taskClient([tag(() => gate.then(() => null))], 1);
    const socket = await queue();
    socket.send(task('1'));
    socket.send(task('2'));
    await eventually(() => expect(client.running).toBe(2));

    const drained = client.drain(new AbortController().signal);
    socket.send(task('3'));
    await eventually(() => expect(socket.received).toHaveLength(2));
    finish();
    await drained;

    await eventually(() =>
      expect(socket.received.slice(1)).toMatchObject([
        { task_id: '3', result: 'error', error: expect.stringContaining('The worker stops') },
        { task_id: '1', result: 'done' },
        { task_id: '2', result: 'done' },
      ]),
    );
  });

  test('aborts what is not done when its time is over, and answers it with an error', async () => {
    const { queue, client } = await taskClient([tag((_task, signal) => untilAborted(signal))], 1);
    const socket = await queue();
    socket.send(task('1'));
    socket.send(task('2'));
    await eventually(() => expect(client.running).toBe(2));

    await client.drain(AbortSignal.abort());
    await client.drain(AbortSignal.abort());

    await eventually(() =>
      expect(socket.received.slice(1)).toMatchObject([
        { task_id: '1', result: 'error', error: 'the worker stops' },
        { task_id: '2', result: 'error', error: 'the worker stops' },
      ]),
    );
  });
});

describe('a task', () => {
  test('beyond those that may wait is answered with an error at once (no. 20)', async () => {
    let finish = (): void => {};
    const gate = new Promise<void>((resolve) => (finish = resolve));
    const { queue } = await taskClient([tag(() => gate.then(() => null))], 1, 2);
    const socket = await queue();

    for (const id of ['1', '2', '3', '4']) socket.send(task(id));

    await eventually(() => expect(socket.received).toHaveLength(2));
    expect(socket.received[1]).toMatchObject({
      task_id: '4',
      result: 'error',
      error: 'The worker is busy with 3 tasks and takes no further tag. Try again later.',
    });
    finish();
    await eventually(() => expect(socket.received).toHaveLength(5));
  });

  test('that waited when its connection was lost takes no turn from those of the next one', async () => {
    const begun: string[] = [];
    let finish = (): void => {};
    const gate = new Promise<void>((resolve) => (finish = resolve));
    const deaf = tag(async ({ task_id: id }) => {
      begun.push(id);
      await gate;
      return null;
    });
    const { queue, client, core } = await taskClient([deaf], 1, 2);
    const socket = await queue();
    for (const id of ['1', '2', '3']) socket.send(task(id));
    await eventually(() => expect(client.running).toBe(3));

    socket.cut();
    await eventually(() => expect(core.sockets[1]?.received).toHaveLength(1));
    core.sockets[1]?.send(task('4'));
    await eventually(() => expect(client.running).toBe(2));
    finish();

    await eventually(() =>
      expect(core.sockets[1]?.received.slice(1)).toMatchObject([{ task_id: '4', result: 'done' }]),
    );
    expect(begun).toEqual(['1', '4']);
  });

  test('W8: that can only be told by its id is answered with an error', async () => {
    const { queue } = await taskClient([tag(async () => null)]);
    const socket = await queue();

    socket.send({ task_id: '1', task_name: 7 });
    socket.send({ task_id: '2', task_name: 'tag', data: [] });

    await eventually(() => expect(socket.received).toHaveLength(3));
    expect(socket.received.slice(1)).toMatchObject([
      { task_id: '1', result: 'error', error: expect.stringContaining('is not known') },
      { task_id: '2', result: 'error' },
    ]);
  });

  test('that fails is answered with what to do about it, cut when it is too long', async () => {
    const { queue } = await taskClient([
      tag(async ({ task_id: id }) => {
        if (id === '1') throw new WorkerError('denied', 'No access', { hint: 'Allow it.' });
        throw new Error('x'.repeat(6_000_000));
      }),
    ]);
    const socket = await queue();

    socket.send(task('1'));
    socket.send(task('2'));

    await eventually(() => expect(socket.received).toHaveLength(3));
    expect(socket.received.slice(1)).toMatchObject([
      { error: 'No access. Allow it.' },
      { error: expect.stringMatching(/^x{20000}$/) },
    ]);
  });

  test('tells how it ended, by handler and cloud (no. 26)', async () => {
    const ends: string[] = [];
    const handlers = [
      tag(async ({ task_id: id }, signal) => {
        if (id === 'lost') await new Promise((_, reject) => signal.addEventListener('abort', reject));
        return null;
      }, 'acme'),
      { ...tag(() => Promise.reject(new Error('no'))), name: 'fail' },
    ];
    const { client, queue } = await taskClient(
      handlers,
      undefined,
      undefined,
      ({ task: name, cloud, result, seconds }) => {
        ends.push([name, cloud, result, seconds >= 0].join());
      },
    );
    const socket = await queue();

    socket.send(task('good', { cloud: 'acme' }));
    socket.send(task('bad', { cloud: 'acme' }, 'fail'));
    socket.send(task('strange', {}, 'nobody knows'));
    await eventually(() => expect(socket.received).toHaveLength(4));
    socket.send(task('lost', { cloud: 'acme' }));
    await eventually(() => expect(client.running).toBe(1));
    socket.cut();
    await client.idle();

    expect(ends.toSorted()).toEqual([
      'fail,,failed,true',
      'tag,acme,done,true',
      'tag,acme,lost,true',
      'unknown,,failed,true',
    ]);
  });

  test('is answered with its result', async () => {
    const { queue } = await taskClient([tag(async ({ data, attrs }) => ({ data, attrs }))]);
    const socket = await queue();

    socket.send(task('1', { cloud: 'acme' }));

    await eventually(() => expect(socket.received).toHaveLength(2));
    expect(socket.received[1]).toEqual({
      task_id: '1',
      result: 'done',
      data: { data: { delete: ['owner'] }, attrs: { cloud: 'acme' } },
    });
  });

  test('W7: that fails without a text is answered with one all the same', async () => {
    const { queue } = await taskClient([tag(() => Promise.reject(new Error('')))]);
    const socket = await queue();

    socket.send(task('1'));

    await eventually(() => expect(socket.received[1]).toEqual({ task_id: '1', result: 'error', error: 'Error' }));
  });

  test('W8: nobody handles is answered with an error (no. 20)', async () => {
    const { queue } = await taskClient([tag(async () => null, 'acme')]);
    const socket = await queue();

    socket.send(task('1', { cloud: 'other' }));
    socket.send(task('2', {}, 'surprise'));

    await eventually(() => expect(socket.received).toHaveLength(3));
    expect(socket.received.slice(1)).toMatchObject([
      { task_id: '1', result: 'error', error: 'This worker has no handler for tag' },
      { task_id: '2', result: 'error', error: 'This worker has no handler for surprise' },
    ]);
  });

  test('goes to the handler with the closest filter', async () => {
    const { queue } = await taskClient([tag(async () => 'any'), tag(async () => 'acme', 'acme')]);
    const socket = await queue();

    socket.send(task('1', { cloud: 'acme' }));
    socket.send(task('2', { cloud: 'other' }));

    await eventually(() => expect(socket.received).toHaveLength(3));
    expect(socket.received.slice(1)).toMatchObject([{ data: 'acme' }, { data: 'any' }]);
  });

  test('with a result too long for a frame is answered with an error', async () => {
    const { queue } = await taskClient([tag(async () => 'x'.repeat(5_000_000))]);
    const socket = await queue();

    socket.send(task('1'));

    await eventually(() =>
      expect(socket.received[1]).toMatchObject({ result: 'error', error: expect.stringContaining('too long') }),
    );
  });

  test('W5: is dropped with its connection, and its result is not sent on the next one', async () => {
    const signals: AbortSignal[] = [];
    const { core, queue, client, log } = await taskClient([
      tag(async (_task, signal) => {
        signals.push(signal);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return 'late';
      }),
    ]);
    const socket = await queue();
    socket.send(task('1'));
    await eventually(() => expect(signals).toHaveLength(1));

    socket.cut();
    await client.idle();
    await eventually(() => expect(core.sockets[1]?.received).toHaveLength(1));

    expect(signals[0]?.reason).toMatchObject({ code: 'task_lost' });
    expect(core.received(path)).toHaveLength(2);
    expect(log.messages('warn')).toContain('tasks were lost with their connection');
  });

  test('W6: is done however many results could not be sent before', async () => {
    let begun = 0;
    const { queue, core, client } = await taskClient([tag((_task, signal) => ((begun += 1), untilAborted(signal)))], 2);
    for (let round = 1; round <= 25; round++) {
      const socket = await queue();
      socket.send(task(`lost-${round}`));
      await eventually(() => expect(begun).toBe(round));
      socket.cut();
      await eventually(() => expect(core.sockets.length).toBe(round + 1));
    }
    await client.idle();

    (await queue()).send(task('last', {}, 'surprise'));

    await eventually(() =>
      expect(core.sockets.at(-1)?.received.at(-1)).toMatchObject({ task_id: 'last', result: 'error' }),
    );
  });

  test('waits for its turn when enough others run', async () => {
    let running = 0;
    let most = 0;
    const work = tag(async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running -= 1;
      return null;
    });
    const { queue } = await taskClient([work], 2);
    const socket = await queue();

    for (let id = 0; id < 50; id++) socket.send(task(String(id)));

    await eventually(() => expect(socket.received).toHaveLength(51));
    expect(most).toBe(2);
  });

  test('that is no task is ignored', async () => {
    const { queue, log } = await taskClient([tag(async () => null)]);
    const socket = await queue();

    socket.send('[]');
    socket.send(task('1'));

    await eventually(() => expect(socket.received).toHaveLength(2));
    expect(log.messages('warn')).toEqual(['a task of the core was ignored']);
  });
});
