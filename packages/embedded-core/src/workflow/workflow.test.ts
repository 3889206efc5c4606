import { afterEach, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '@resoto/worker-core';
import type { EmbeddedCore } from '../core.ts';
import { textOf } from '../json.ts';
import { closeCores, core, directory } from '../../test/cores.ts';
import {
  call,
  callJson,
  callObject,
  eventually,
  objectIn,
  objectsIn,
  openSocket,
  subscriber,
  type WireSocket,
} from '../../test/wire-client.ts';

afterEach(closeCores);

const COLLECT = ['pre_collect', 'collect', 'wait_for_graph_merged', 'merge_outer_edges', 'post_collect'];
const METRICS = ['pre_generate_metrics', 'generate_metrics', 'post_generate_metrics'];
const CLEANUP = ['pre_cleanup_plan', 'cleanup_plan', 'post_cleanup_plan', 'pre_cleanup', 'cleanup', 'post_cleanup'];

describe('a run', () => {
  test.each([
    ['resoto', 'collect', [...COLLECT, ...METRICS]],
    ['resoto', 'cleanup', [...CLEANUP, ...METRICS]],
    ['resoto', 'metrics', METRICS],
    ['resoto', 'collect_and_cleanup', [...COLLECT, ...CLEANUP, ...METRICS]],
    ['fix', 'collect', ['pre_collect', 'collect', 'wait_for_graph_merged', 'post_collect', ...METRICS]],
    [
      'fix',
      'collect_and_cleanup',
      [...COLLECT.map((step) => step.replace('outer', 'deferred')), ...CLEANUP, ...METRICS],
    ],
  ] as const)('of %s %s has its steps in order', async (generation, workflow, steps) => {
    const { uri } = await core({ generation });

    const id = await start(uri, workflow);

    const run = await ended(uri, id);
    expect(Object.keys(objectIn(run['timing']))).toEqual(steps);
    expect(run).toMatchObject({ workflow, state: 'finished', step: null, percentage: 100 });
  });

  test('tells about itself on the bus', async () => {
    const { uri } = await core();
    const events = await openSocket(uri, '/events?show=task_started,task_end,pre_generate_metrics,generate_metrics');

    const id = await start(uri, 'metrics');

    expect(await events.next()).toMatchObject({
      kind: 'event',
      message_type: 'task_started',
      data: { task: 'metrics' },
    });
    expect(await events.next()).toEqual({
      kind: 'action',
      message_type: 'pre_generate_metrics',
      data: { task: id, step: 'pre_generate_metrics', timing: {} },
    });
    expect(await events.next()).toMatchObject({ message_type: 'generate_metrics' });
    expect(await events.next()).toMatchObject({
      message_type: 'task_end',
      data: { task_id: id, descriptor_id: 'metrics' },
    });
  });

  test('waits for every subscriber of a step, and ends the step with their answers', async () => {
    const { uri } = await core();
    const [one, two] = [await subscriber(uri, 'one', 'collect'), await subscriber(uri, 'two', 'collect')];
    const id = await start(uri, 'collect');

    const action = await one.next();
    one.send(done(action));
    const before = await stateAfter(uri, id, 'one');
    two.send(failed(await two.next(), 'no credentials'));

    expect(action).toMatchObject({ kind: 'action', message_type: 'collect', data: { task: id, step: 'collect' } });
    expect(before).toMatchObject({ step: 'collect' });
    expect(await ended(uri, id)).toMatchObject({
      answers: { collect: { one: 'action_done', two: 'action_error' } },
    });
  });

  test('has the timing of the last finished run in its actions', async () => {
    const { uri } = await core();
    const worker = await subscriber(uri, 'w', 'collect');
    await callObject(uri, 'POST', '/workflow/collect');
    worker.send(done(await worker.next()));
    await eventually(async () => ((await running(uri)).length === 0 ? true : undefined));

    await callObject(uri, 'POST', '/workflow/collect');
    const action = await worker.next();

    expect(action['data']).toMatchObject({
      timing: { collect: { started_at: expect.any(Number), finished_at: expect.any(Number) } },
    });
  });

  test('does not wait for subscribers that asked not to be waited for', async () => {
    const { uri } = await core();
    await callJson(uri, 'POST', '/subscriber/w/collect?wait_for_completion=false');
    const worker = await openSocket(uri, '/subscriber/w/handle');

    const id = await start(uri, 'collect');

    expect(await worker.next()).toMatchObject({ kind: 'action' });
    expect(await ended(uri, id)).toMatchObject({ state: 'finished' });
  });

  test('goes on when the only awaited subscriber is removed', async () => {
    const { uri } = await core();
    await subscriber(uri, 'w', 'collect');
    const id = await start(uri, 'collect');

    await call(uri, 'DELETE', '/subscriber/w');

    expect(await ended(uri, id)).toMatchObject({ state: 'finished' });
  });

  test('goes on when the only awaited subscriber stays away for too long', async () => {
    const { uri } = await core({ timers: { absentAfter: 400, startGrace: 0 } });
    const worker = await subscriber(uri, 'w', 'collect');
    const id = await start(uri, 'collect');
    await worker.next();

    await worker.close();

    expect(await ended(uri, id)).toMatchObject({ state: 'finished' });
    expect((await call(uri, 'GET', '/subscriber/w')).status).toBe(404);
  });

  test('goes on when the largest timeout has passed, and says so in its log', async () => {
    const { uri } = await core({ timers: { stepMinimum: 50 } });
    await subscriber(uri, 'w', 'collect', 0);
    const events = await openSocket(uri, '/events?show=error');

    const id = await start(uri, 'collect');

    expect(await events.next()).toMatchObject({ data: { workflow: 'collect', task: id } });
    await ended(uri, id);
    expect(await log(uri, id)).toMatchObject([
      { level: 'error', step: 'collect', message: 'Step collect took too long; stopped waiting for w' },
    ]);
  });

  test('takes answers that come before their step, twice, late or for unknown runs', async () => {
    const { uri } = await core();
    const [early, worker] = [await subscriber(uri, 'early', 'post_collect'), await subscriber(uri, 'w', 'collect')];
    const id = await start(uri, 'collect');
    const action = await worker.next();

    early.send({ kind: 'action_done', message_type: 'x', data: { task: id, step: 'post_collect' } });
    worker.send({ kind: 'action_done', message_type: 'collect', data: { task: 'unknown', step: 'collect' } });
    await stateAfter(uri, id, 'early');
    worker.send(done(action));
    worker.send(done(action));

    await ended(uri, id);
    worker.send(done(action));
    worker.send({ kind: 'event', message_type: 'still there', data: {} });
    expect(await ended(uri, id)).toMatchObject({ answers: { post_collect: { early: 'action_done' } } });
  });

  test('keeps informations and errors in its log, and tells errors on the bus', async () => {
    const { uri } = await core();
    const worker = await subscriber(uri, 'w', 'collect');
    const events = await openSocket(uri, '/events?show=error');
    const id = await start(uri, 'collect');
    const action = await worker.next();

    worker.send({ ...action, kind: 'action_info', data: { ...data(action), level: 'info', message: 'started' } });
    worker.send({ ...action, kind: 'action_info', data: { ...data(action), level: 'error', message: 'denied' } });
    worker.send(failed(action, 'nothing collected'));

    await ended(uri, id);
    const lines = await log(uri, id);
    expect(lines).toMatchObject([
      { level: 'info', message: 'started', subscriber_id: 'w', step: 'collect' },
      { level: 'error', message: 'denied' },
      { level: 'error', message: 'nothing collected' },
    ]);
    expect(await events.next()).toMatchObject({ data: { workflow: 'collect', task: id, message: 'denied' } });
    expect(await events.next()).toMatchObject({ data: { message: 'nothing collected' } });
    expect(await callJson(uri, 'GET', `/workflow/task/${id}/log?after=${textOf(lines[1]?.['n'])}`)).toHaveLength(1);
  });

  test('shows progress of its current step, and none of others', async () => {
    const { uri } = await core();
    const worker = await subscriber(uri, 'w', 'collect');
    const events = await openSocket(uri, '/events?show=progress');
    const id = await start(uri, 'collect');
    const action = await worker.next();

    worker.send(progress(action, 'cleanup', { kind: 'progress', name: 'other', current: 1, total: 1 }));
    worker.send(progress(action, 'collect', { kind: 'progress', name: 'eu', path: ['acme'], current: 1, total: 4 }));

    const told = await events.next((event) => JSON.stringify(event).includes('"eu"'));
    expect(told['data']).toEqual({
      workflow: 'collect',
      task: id,
      message: {
        kind: 'tree',
        name: 'collect',
        parts: [{ kind: 'progress', name: 'eu', path: ['collect', 'acme'], current: 1, total: 4 }],
      },
    });
    expect(await callJson(uri, 'GET', `/workflow/task/${id}`)).toMatchObject({
      percentage: 25,
      state: 'running',
    });
  });

  test('starts with nothing of the collect done when somebody collects', async () => {
    const { uri } = await core();
    await subscriber(uri, 'w', 'collect');

    const id = await start(uri, 'collect');

    const { progress: tree } = await callObject(uri, 'GET', `/workflow/task/${id}`);
    expect(tree).toEqual({
      kind: 'tree',
      name: 'collect',
      parts: [{ kind: 'progress', name: 'collect', current: 0, total: 1 }],
    });
  });

  test('that is stopped tells its subscribers to abort', async () => {
    const { uri } = await core();
    const worker = await subscriber(uri, 'w', 'collect');
    const id = await start(uri, 'collect');
    await worker.next();

    const reply = await call(uri, 'DELETE', `/workflow/task/${id}`);

    expect(reply.status).toBe(204);
    expect(await worker.next()).toEqual({
      kind: 'action_abort',
      message_type: 'collect',
      data: { task: id, step: 'collect' },
    });
    expect(await ended(uri, id)).toMatchObject({ state: 'stopped' });
  });

  test('of a running workflow is queued once', async () => {
    const { uri } = await core();
    const worker = await subscriber(uri, 'w', 'collect');
    const first = await start(uri, 'collect');

    const second = await callObject(uri, 'POST', '/workflow/collect');
    await callObject(uri, 'POST', '/workflow/collect');
    worker.send(done(await worker.next()));
    const again = await worker.next();
    worker.send(done(again));

    await eventually(async () => ((await running(uri)).length === 0 ? true : undefined));
    expect(second).toEqual({ id: first, queued: true });
    expect(data(again)['task']).not.toBe(first);
    expect(worker.frames).toHaveLength(2);
  });

  test('starts with an event', async () => {
    const { uri } = await core();
    const events = await openSocket(uri, '/events?show=task_end');

    events.send({ kind: 'event', message_type: 'start_metrics_workflow', data: {} });

    expect(await events.next()).toMatchObject({ data: { descriptor_id: 'metrics' } });
  });

  test('of an unknown workflow is refused', async () => {
    const { uri } = await core();

    expect((await call(uri, 'POST', '/workflow/none')).text).toBe(
      'Error: UnknownWorkflow\nMessage: There is no workflow none',
    );
    expect((await call(uri, 'GET', '/workflow/task/none')).status).toBe(404);
    expect(await callJson(uri, 'GET', '/workflows')).toEqual(['collect', 'cleanup', 'metrics', 'collect_and_cleanup']);
  });
});

describe('reconnecting', () => {
  test('pending actions are sent again, without their extra data', async () => {
    const { uri } = await core();
    const first = await subscriber(uri, 'w', 'collect');
    const id = await start(uri, 'collect');
    await first.next();
    await first.close();

    const second = await reconnect(uri, 'w');

    expect(await second.next()).toEqual({
      kind: 'action',
      message_type: 'collect',
      data: { task: id, step: 'collect' },
    });
  });

  test('an answered action is not sent again', async () => {
    const { uri } = await core();
    const [one] = [await subscriber(uri, 'one', 'collect'), await subscriber(uri, 'two', 'collect')];
    const id = await start(uri, 'collect');
    one.send(done(await one.next()));
    await stateAfter(uri, id, 'one');
    await one.close();

    const again = await reconnect(uri, 'one');
    (await openSocket(uri, '/events?show=none')).send({
      kind: 'event',
      message_type: 'collect',
      data: { marker: true },
    });

    expect(await again.next()).toMatchObject({ kind: 'event', data: { marker: true } });
  });
});

describe('after a restart', () => {
  test('a run goes on at its step and awaits the same subscribers', async () => {
    const data = directory();
    const first = await core({ data });
    const before = await subscriber(first.uri, 'w', 'collect');
    const id = await start(first.uri, 'collect');
    await before.next();
    before.send(
      progress(await pendingAction(first, id), 'collect', { kind: 'progress', name: 'acme', current: 1, total: 2 }),
    );
    await eventually(async () => ((await task(first.uri, id))['percentage'] === 50 ? true : undefined));
    await first.close();

    const second = await core({ data });
    const resumed = await task(second.uri, id);
    await callJson(second.uri, 'POST', '/subscriber/w/collect');
    const after = await openSocket(second.uri, '/subscriber/w/handle');
    const action = await after.next();
    after.send(done(action));

    expect(resumed).toMatchObject({ state: 'running', step: 'collect', percentage: 50 });
    expect(action).toEqual({ kind: 'action', message_type: 'collect', data: { task: id, step: 'collect' } });
    expect(await ended(second.uri, id)).toMatchObject({ answers: { collect: { w: 'action_done' } } });
  });

  test('a step that begins before its subscribers are back waits for them', async () => {
    const data = directory();
    const first = await core({ data });
    await subscriber(first.uri, 'early', 'pre_collect');
    await subscriber(first.uri, 'w', 'collect');
    const id = await start(first.uri, 'collect');
    await first.close();

    const second = await core({ data });
    const early = await reconnect(second.uri, 'early');
    early.send(done(await early.next()));
    await eventually(async () => ((await task(second.uri, id))['step'] === 'collect' ? true : undefined));
    const worker = await reconnect(second.uri, 'w');
    worker.send(done(await worker.next()));

    expect(await ended(second.uri, id)).toMatchObject({ answers: { collect: { w: 'action_done' } } });
  });

  test('answers that were given count', async () => {
    const data = directory();
    const first = await core({ data });
    const one = await subscriber(first.uri, 'one', 'collect');
    await subscriber(first.uri, 'two', 'collect');
    const id = await start(first.uri, 'collect');
    one.send(done(await one.next()));
    await stateAfter(first.uri, id, 'one');
    await first.close();

    const second = await core({ data });
    const two = await reconnect(second.uri, 'two');
    two.send(done(await two.next()));

    expect(await ended(second.uri, id)).toMatchObject({
      answers: { collect: { one: 'action_done', two: 'action_done' } },
    });
  });

  test('a queued workflow still starts, and finished runs can be read', async () => {
    const data = directory();
    const first = await core({ data });
    await subscriber(first.uri, 'w', 'collect');
    const finished = await start(first.uri, 'metrics');
    const id = await start(first.uri, 'collect');
    await callObject(first.uri, 'POST', '/workflow/collect');
    await first.close();

    const second = await core({ data });
    const worker = await reconnect(second.uri, 'w');
    worker.send(done(await worker.next()));
    const next = await worker.next(({ data: next }) => objectIn(next)['task'] !== id);

    expect(next).toMatchObject({ message_type: 'collect' });
    expect(await task(second.uri, finished)).toMatchObject({ state: 'finished' });
  });

  test('nobody is registered when no run was going on', async () => {
    const data = directory();
    const first = await core({ data });
    await subscriber(first.uri, 'w', 'collect');
    await first.close();

    const second = await core({ data });

    await expect(openSocket(second.uri, '/subscriber/w/handle')).rejects.toThrow('404');
  });
});

async function start(uri: string, workflow: string): Promise<string> {
  return textOf((await callObject(uri, 'POST', `/workflow/${workflow}`))['id']);
}

function reconnect(uri: string, id: string): Promise<WireSocket> {
  return eventually(() => openSocket(uri, `/subscriber/${id}/handle`).catch(() => undefined));
}

async function pendingAction({ uri }: EmbeddedCore, id: string): Promise<JsonObject> {
  const { step } = await task(uri, id);
  return { kind: 'action', message_type: step ?? null, data: { task: id, step: step ?? null } };
}

function task(uri: string, id: string): Promise<JsonObject> {
  return callObject(uri, 'GET', `/workflow/task/${id}`);
}

async function running(uri: string): Promise<readonly JsonObject[]> {
  return objectsIn(await callJson(uri, 'GET', '/workflows/running'));
}

async function log(uri: string, id: string): Promise<readonly JsonObject[]> {
  return objectsIn(await callJson(uri, 'GET', `/workflow/task/${id}/log`));
}

function ended(uri: string, id: string): Promise<JsonObject> {
  return eventually(async () => {
    const run = await task(uri, id);
    return run['state'] === 'running' ? undefined : run;
  });
}

/** The run once the subscriber's answer has arrived. */
function stateAfter(uri: string, id: string, answered: string): Promise<JsonObject> {
  return eventually(async () => {
    const run = await task(uri, id);
    return JSON.stringify(run['answers']).includes(`"${answered}"`) ? run : undefined;
  });
}

function data(message: JsonObject): JsonObject {
  return objectIn(message['data']);
}

function done(action: JsonObject): JsonObject {
  return { ...action, kind: 'action_done' };
}

function failed(action: JsonObject, error: string): JsonObject {
  return { ...action, kind: 'action_error', data: { ...data(action), error } };
}

function progress(action: JsonObject, step: string, news: JsonObject): JsonObject {
  const at = '2024-03-01T10:00:00Z';
  return {
    ...action,
    kind: 'action_progress',
    data: { task: data(action)['task'] ?? null, step, at, context: [], progress: news },
  };
}
