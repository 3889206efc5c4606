import { afterEach, describe, expect, test } from '@jest/globals';
import { WorkerError } from '../errors.ts';
import type { Action } from '../protocol/messages.ts';
import {
  action,
  actionClient,
  closedGate,
  done,
  endActionClients,
  handle,
  pendingActions,
  scriptedCore,
} from '../testing/action-clients.ts';
import { eventually } from '../testing/eventually.ts';
import { untilAborted } from '../testing/until-aborted.ts';
import type { ActionEnd } from './actions.ts';

afterEach(endActionClients);

describe('an action', () => {
  test('is subscribed to before the socket is opened', async () => {
    const core = await scriptedCore();

    actionClient(core, async () => {});

    await eventually(() => expect(core.socketsOf(handle)).toHaveLength(1));
    expect(core.requests).toMatchObject([
      {
        method: 'POST',
        path: '/subscriber/w-collector/collect',
        query: { timeout: '10800', wait_for_completion: 'true' },
      },
    ]);
  });

  test('is answered with the data it came with', async () => {
    const core = await scriptedCore({
      onSocket: (socket) => socket.send(action('t1', { timing: { collect: {} }, more: [1] })),
    });

    actionClient(core, async () => {});

    await eventually(() =>
      expect(core.received(handle)).toEqual([
        {
          kind: 'action_done',
          message_type: 'collect',
          data: { task: 't1', step: 'collect', timing: { collect: {} }, more: [1] },
        },
      ]),
    );
  });

  test('W7: that fails is answered with a text that says what and why', async () => {
    const core = await scriptedCore({ onSocket: (socket) => socket.send(action('t1')) });

    actionClient(core, async () => {
      throw new Error('');
    });

    await eventually(() =>
      expect(core.received(handle)).toMatchObject([
        { kind: 'action_error', data: { error: 'Failed to collect: Error' } },
      ]),
    );
  });

  test('with more data than a frame holds is answered with task and step', async () => {
    const core = await scriptedCore({
      onSocket: (socket) => socket.send(action('t1', { timing: 'x'.repeat(5_000_000) })),
    });

    actionClient(core, async () => {});

    await eventually(() =>
      expect(core.received(handle)).toEqual([
        { kind: 'action_done', message_type: 'collect', data: { task: 't1', step: 'collect' } },
      ]),
    );
  });

  test('W3: delivered again while it runs is not started twice', async () => {
    const core = await scriptedCore({ onSocket: (socket) => socket.send(action('t1')) });
    const gate = closedGate();
    let runs = 0;
    actionClient(core, async () => {
      runs += 1;
      await gate.passed;
    });
    await eventually(() => expect(runs).toBe(1));

    core.sockets[0]?.cut();
    await eventually(() => expect(core.socketsOf(handle)).toHaveLength(2));
    core.sockets[1]?.send(action('t2'));
    await eventually(() => expect(runs).toBe(2));
    gate.open();

    await eventually(() =>
      expect(core.received(handle).map(done).toSorted()).toEqual(['action_done t1', 'action_done t2']),
    );
  });

  test('W1: delivered again after it was answered is answered from memory', async () => {
    const core = await scriptedCore();
    let runs = 0;
    actionClient(core, async () => {
      runs += 1;
    });
    await eventually(() => expect(core.socketsOf(handle)).toHaveLength(1));

    for (let times = 1; times <= 3; times++) {
      core.sockets[0]?.send(action('t1'));
      await eventually(() => expect(core.received(handle)).toHaveLength(times));
    }

    expect(runs).toBe(1);
    expect(core.received(handle).map(done)).toEqual(['action_done t1', 'action_done t1', 'action_done t1']);
  });

  test('W1: that ends while the core is away is answered once when it is back', async () => {
    const pending = pendingActions('t1');
    const core = await scriptedCore(pending);
    const gate = closedGate();
    let runs = 0;
    const { client } = actionClient(core, async () => {
      runs += 1;
      await gate.passed;
    });
    await eventually(() => expect(runs).toBe(1));

    await core.stop();
    gate.open();
    await client.idle();
    await core.listen();

    await eventually(() => expect(pending.open.size).toBe(0));
    await eventually(() => expect(client.state.is).toBe('connected'));
    expect(core.received(handle).map(done)).toEqual(['action_done t1']);
    expect(runs).toBe(1);
  });

  test('W1, W3: is answered exactly once although the socket is cut after each single message', async () => {
    const tasks = Array.from({ length: 20 }, (_, index) => `t${index}`);
    const pending = pendingActions(...tasks);
    const core = await scriptedCore(pending);
    const runs = new Map<string, number>();

    const { client } = actionClient(core, async ({ data }) => {
      runs.set(data.task, (runs.get(data.task) ?? 0) + 1);
    });

    await eventually(() => expect(pending.open.size).toBe(0));
    await eventually(() => expect(client.state.is).toBe('connected'));
    expect(core.received(handle).map(done).toSorted()).toEqual(tasks.map((task) => `action_done ${task}`).toSorted());
    expect([...runs.values()]).toEqual(tasks.map(() => 1));
  });

  test('W24: that was stopped at the core is aborted and not answered', async () => {
    const core = await scriptedCore();
    let reason: unknown;
    const { client, log } = actionClient(core, async (_action, _feedback, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      reason = signal.reason;
      signal.throwIfAborted();
    });
    await eventually(() => expect(core.socketsOf(handle)).toHaveLength(1));
    core.sockets[0]?.send(action('t1'));
    await eventually(() => expect(client.running).toBe(1));

    core.sockets[0]?.send({ ...action('t1'), kind: 'action_abort' });
    await client.idle();
    core.sockets[0]?.send(action('t2'));
    await eventually(() => expect(client.running).toBe(1));

    expect(log.messages('warn')).toEqual(['an action was stopped']);
    expect(log.messages('error')).toEqual([]);
    expect(reason).toMatchObject({ code: 'action_aborted' });
    expect(core.received(handle)).toEqual([]);
  });

  test('beyond those that may wait is answered with an error at once', async () => {
    const core = await scriptedCore({
      onSocket: (socket) => ['t1', 't2', 't3'].forEach((task) => socket.send(action(task))),
    });
    const gate = closedGate();

    actionClient(core, () => gate.passed, { concurrency: 1, maxWaiting: 1 });

    await eventually(() =>
      expect(core.received(handle)).toMatchObject([
        { kind: 'action_error', data: { task: 't3', error: expect.stringContaining('the worker is busy') } },
      ]),
    );
    gate.open();
    await eventually(() =>
      expect(core.received(handle).map(done)).toEqual(['action_error t3', 'action_done t1', 'action_done t2']),
    );
  });

  test('whose data is nested too deeply to be written is answered with task and step', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const core = await scriptedCore({
      onSocket: (socket) =>
        socket.send(`{"kind":"action","message_type":"collect","data":{"task":"t1","step":"collect","deep":${deep}}}`),
    });

    actionClient(core, async () => {});

    await eventually(() =>
      expect(core.received(handle)).toEqual([
        { kind: 'action_done', message_type: 'collect', data: { task: 't1', step: 'collect' } },
      ]),
    );
  });

  test('tells how it ended and how long it took (no. 26)', async () => {
    const core = await scriptedCore();
    const ends: ActionEnd[] = [];
    const { client } = actionClient(
      core,
      async ({ data: { task } }, _feedback, signal) => {
        if (task === 'bad') throw new Error('no');
        if (task === 'long') await new Promise((_, reject) => signal.addEventListener('abort', reject));
      },
      { onEnd: (end) => void ends.push(end) },
    );
    await eventually(() => expect(core.socketsOf(handle)).toHaveLength(1));

    for (const task of ['good', 'bad', 'long']) core.sockets[0]?.send(action(task));
    await eventually(() => expect(ends).toHaveLength(2));
    core.sockets[0]?.send({ ...action('long'), kind: 'action_abort' });
    await client.idle();

    expect(ends.map(({ action: type, result }) => `${type} ${result}`)).toEqual([
      'collect done',
      'collect failed',
      'collect stopped',
    ]);
    expect(ends.every(({ seconds }) => seconds >= 0)).toBe(true);
  });

  test('waits for its turn when enough others run', async () => {
    const core = await scriptedCore({
      onSocket: (socket) => ['t1', 't2', 't3'].forEach((task) => socket.send(action(task))),
    });
    const started: string[] = [];
    const gate = closedGate();

    const { client } = actionClient(
      core,
      async ({ data }) => {
        started.push(data.task);
        await gate.passed;
      },
      { concurrency: 2 },
    );

    await eventually(() => expect(client.running).toBe(3));
    expect(started).toEqual(['t1', 't2']);
    gate.open();
    await eventually(() => expect(started).toEqual(['t1', 't2', 't3']));
  });

  test('that runs when the worker stops is answered with an error', async () => {
    const core = await scriptedCore({ onSocket: (socket) => socket.send(action('t1')) });
    const { client } = actionClient(core, (_action, _feedback, signal) => untilAborted(signal));
    await eventually(() => expect(client.running).toBe(1));

    await client.close(AbortSignal.timeout(5_000));

    expect(core.received(handle)).toMatchObject([
      { kind: 'action_error', data: { task: 't1', error: 'Failed to collect: the worker stops' } },
    ]);
    expect(client.state.is).toBe('closed');
  });

  test.each(['collect', 'cleanup', 'cleanup_plan'])('W3: %s runs once however often it is delivered', async (event) => {
    const deliver = { kind: 'action', message_type: event, data: { task: 't1', step: event } };
    const core = await scriptedCore({ onSocket: (socket) => [1, 2, 3].forEach(() => socket.send(deliver)) });
    const gate = closedGate();
    let runs = 0;
    const { client } = actionClient(
      core,
      async () => {
        runs += 1;
        await gate.passed;
      },
      { events: ['collect', 'cleanup', 'cleanup_plan'].map((name) => ({ name })), timeout: () => 60 },
    );
    await eventually(() => expect(runs).toBe(1));

    core.sockets[0]?.cut();
    await eventually(() => expect(core.socketsOf(handle)).toHaveLength(2));
    gate.open();
    await client.idle();

    await eventually(() => expect(core.received(handle)).toEqual([{ ...deliver, kind: 'action_done' }]));
    expect(runs).toBe(1);
  });

  test('W24: that was stopped at the core while it waited for its turn is not begun', async () => {
    const core = await scriptedCore({
      onSocket: (socket) => ['t1', 't2'].forEach((task) => socket.send(action(task))),
    });
    const gate = closedGate();
    const begun: string[] = [];
    const { client } = actionClient(
      core,
      async ({ data }) => {
        begun.push(data.task);
        await gate.passed;
      },
      { concurrency: 1 },
    );
    await eventually(() => expect(client.running).toBe(2));

    core.sockets[0]?.send({ ...action('t2'), kind: 'action_abort' });
    core.sockets[0]?.send(action('t3'));
    await eventually(() => expect(client.running).toBe(3));
    gate.open();

    await eventually(() => expect(core.received(handle).map(done)).toEqual(['action_done t1', 'action_done t3']));
    expect(begun).toEqual(['t1', 't3']);
  });

  test('W4: that the core emitted without delivering it is fetched by a new connection', async () => {
    const pending = new Set<string>();
    const core = await scriptedCore({
      onSocket: (socket) => {
        if (socket.path === handle) for (const task of pending) socket.send(action(task));
      },
    });
    const { log } = actionClient(core, async () => {}, { missedAfter: 30 });
    await eventually(() => expect(core.sockets).toHaveLength(2));
    const [events] = core.socketsOf('/events');
    expect(events?.query).toEqual({ show: 'collect' });

    pending.add('t1');
    events?.send(action('t1'));

    await eventually(() => expect(core.received(handle).map(done)).toEqual(['action_done t1']));
    expect(core.socketsOf(handle)).toHaveLength(2);
    expect(log.messages('warn')).toContain('an action was not delivered, connecting again');
  });
});

test('two workers with the same id are told apart in the log, once', async () => {
  const core = await scriptedCore();
  const busy = { status: 429, body: 'Only one connection per subscriber is allowed!' };
  core.refuseSocket(handle, busy, busy, busy, busy, busy);

  const { client, log } = actionClient(core, async () => {});

  await eventually(() => expect(client.state.is).toBe('connected'));
  expect(log.messages('debug')).toHaveLength(4);
  expect(log.records.filter(({ level }) => level === 'warn')).toMatchObject([
    {
      message: 'not connected to the core',
      facts: {
        error: expect.stringContaining('Only one connection per subscriber'),
        hint: expect.stringContaining('Give each worker an id of its own'),
      },
    },
  ]);
});

test('a message nobody knows is logged and harms nothing', async () => {
  const core = await scriptedCore({
    onSocket: (socket) => {
      socket.send('{"kind":"surprise"}');
      socket.send('not json');
      socket.send(action('t1'));
    },
  });

  const { log } = actionClient(core, async () => {});

  await eventually(() => expect(core.received(handle).map(done)).toEqual(['action_done t1']));
  expect(log.messages('warn')).toEqual(['a message of the core was ignored', 'a message of the core was ignored']);
});

test('an action the worker did not subscribe to is not taken for another one, but answered with an error', async () => {
  const surprise = { kind: 'action', message_type: 'surprise', data: { task: 't1', step: 'surprise' } };
  const core = await scriptedCore({ onSocket: (socket) => socket.send(surprise) });
  let runs = 0;

  actionClient(core, async () => void (runs += 1));

  await eventually(() => expect(core.received(handle)).toHaveLength(1));
  expect(core.received(handle)).toMatchObject([
    {
      ...{ kind: 'action_error', message_type: 'surprise' },
      data: { task: 't1', error: 'Failed to surprise: this worker does not know the action, only collect' },
    },
  ]);
  expect(runs).toBe(0);
});

test('a handler sees the action as it came', async () => {
  const core = await scriptedCore({ onSocket: (socket) => socket.send(action('t1', { big: 9007199254740993n })) });
  let seen: Action | undefined;

  actionClient(core, async (given) => {
    seen = given;
    throw new WorkerError('nothing', 'nothing was imported', { hint: 'Look at the errors above.' });
  });

  await eventually(() => expect(core.received(handle)).toHaveLength(1));
  expect(seen?.data).toEqual({ task: 't1', step: 'collect', big: 9007199254740993n });
  expect(core.received(handle)).toMatchObject([
    { data: { big: 9007199254740993n, error: 'Failed to collect: nothing was imported. Look at the errors above.' } },
  ]);
});
