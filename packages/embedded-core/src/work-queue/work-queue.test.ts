import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { closeCores, core } from '../../test/cores.ts';
import { callJson, eventually, openSocket, type WireSocket } from '../../test/wire-client.ts';
import { textOf } from '../json.ts';
import { parseRegistration } from './registration.ts';
import { WorkQueue, type Task } from './work-queue.ts';

afterEach(closeCores);

interface FakeWorker {
  readonly tasks: string[];
  readonly done: (id: string) => void;
  readonly leave: () => void;
}

describe('assignment', () => {
  let now = 0;
  let queue = new WorkQueue(() => now);

  beforeEach(() => {
    now = 0;
    queue = new WorkQueue(() => now);
  });

  function worker(...filters: Record<string, string[]>[]): FakeWorker {
    const tasks: string[] = [];
    const joined = queue.join(parseRegistration(filters.map((filter) => ({ name: 'tag', filter }))), (message) =>
      tasks.push(textOf(message['task_id'])),
    );
    return {
      tasks,
      done: (id) => joined.result({ task_id: id, result: 'done', data: 'ok' }),
      leave: () => joined.leave(),
    };
  }

  function task(attrs: Record<string, string> = {}, timeout = 1000): Task {
    return { name: 'tag', data: {}, attrs, timeout };
  }

  test('every filter attribute must be in the task, with an accepted value that is not empty', () => {
    const acme = worker({ cloud: ['acme', 'other'] });

    const submitted = [{ cloud: 'acme', account: 'x' }, { cloud: 'foo' }, {}, { cloud: '' }].map((attrs) =>
      queue.submit(task(attrs)),
    );

    expect(acme.tasks).toEqual([submitted[0]?.id]);
  });

  test('an empty filter takes everything, other names nothing', () => {
    const any = worker({});

    queue.submit(task({ cloud: 'acme' }));
    queue.submit({ ...task(), name: 'other' });

    expect(any.tasks).toHaveLength(1);
  });

  test('the most filter attributes win over idleness', () => {
    const [any, exact] = [worker({}), worker({ cloud: ['acme'], account: ['1'] })];
    const half = worker({ cloud: ['acme'] });

    queue.submit(task({ cloud: 'acme', account: '1' }));
    queue.submit(task({ cloud: 'acme', account: '1' }));

    expect([any.tasks.length, half.tasks.length, exact.tasks.length]).toEqual([0, 0, 2]);
  });

  test('among equals the least busy wins, then who came first', () => {
    const [first, second] = [worker({}), worker({})];

    const one = queue.submit(task());
    queue.submit(task());
    first.done(one.id);
    queue.submit(task());

    expect([first.tasks.length, second.tasks.length]).toEqual([2, 1]);
  });

  test('a task waits for a worker until its time is over', async () => {
    const served = queue.submit(task());
    const late = worker({});
    const alone = queue.submit({ ...task(), name: 'nobody' });
    late.done(served.id);

    now = 1000;
    queue.check();

    await expect(served.result).resolves.toBe('ok');
    await expect(alone.result).rejects.toMatchObject({ code: 'no_worker', message: 'No worker for task: nobody' });
  });

  test('an overdue task and one of a lost connection fail', async () => {
    const lost = worker({});
    const gone = queue.submit(task({}, 5000));
    lost.leave();
    worker({});
    const overdue = queue.submit(task({}, 10));

    now = 10;
    queue.check();

    await expect(gone.result).rejects.toMatchObject({ code: 'task_lost', message: 'Could not finish the task.' });
    await expect(overdue.result).rejects.toMatchObject({ code: 'task_lost' });
  });

  test('a result counts only from the connection the task was sent to', async () => {
    const [mine, foreign] = [worker({}), worker({ x: ['y'] })];
    const submitted = queue.submit(task());

    foreign.done(submitted.id);
    now = 1000;
    queue.check();
    mine.done(submitted.id);

    await expect(submitted.result).rejects.toMatchObject({ code: 'task_lost' });
  });
});

describe('the socket', () => {
  let uri = '';
  beforeEach(async () => {
    ({ uri } = await core());
  });

  async function joined(...offers: object[]): Promise<WireSocket> {
    const socket = await openSocket(uri, '/work/queue');
    socket.send(offers);
    await socket.arrived();
    return socket;
  }

  test.each([
    ['an empty registration', '[]'],
    ['a registration that is no array', '{}'],
    ['an offer without name', '[{}]'],
    ['a filter that is null', '[{"name":"x","filter":null}]'],
    ['a filter with a plain text', '[{"name":"x","filter":{"cloud":"acme"}}]'],
    ['arguments that are null', '[{"name":"x","args_description":null}]'],
    ['an unclear expectation', '[{"name":"x","expect_node_result":null}]'],
  ])('%s closes the connection', async (_, frame) => {
    const socket = await openSocket(uri, '/work/queue');

    socket.sendText(frame);

    expect(await socket.closed).toBe(1005);
  });

  test('what is no result closes the connection, an unknown result does not', async () => {
    const socket = await joined({ name: 'hello', unknown_member: 1 });

    socket.send({ task_id: 'x', result: 'maybe' });
    socket.send({ task_id: 'x', result: 'done' });
    socket.send({ result: 'done' });

    expect(await socket.closed).toBe(1005);
  });

  test('outstanding tasks are listed', async () => {
    const socket = await joined({ name: 'hello' });
    const answer = callJson(uri, 'POST', '/cli/execute', { body: 'hello world' });
    const task = await socket.next();

    const listed = await callJson(uri, 'GET', '/work/list');
    socket.send({ task_id: task['task_id'], result: 'done', data: 'hi' });

    expect(listed).toMatchObject([
      {
        task: { task_id: task['task_id'], task_name: 'hello' },
        retry_counter: 0,
        deadline: expect.stringMatching(/Z$/),
      },
    ]);
    expect(await answer).toEqual(['hi']);
    await eventually(async () =>
      JSON.stringify(await callJson(uri, 'GET', '/work/list')) === '[]' ? true : undefined,
    );
  });
});
