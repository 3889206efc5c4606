import { afterEach, expect, test } from '@jest/globals';
import { ACME_KINDS, acmeAccount, ndjson } from '../test/acme-account.ts';
import { startCoreProcess, type CoreProcess } from '../test/core-process.ts';
import { closeCores, directory } from '../test/cores.ts';
import { call, callJson, callObject, eventually, openSocket, type WireSocket } from '../test/wire-client.ts';
import { textOf } from './json.ts';

const processes: CoreProcess[] = [];

afterEach(async () => {
  for (const process of processes.splice(0)) await process.kill();
  await closeCores();
});

async function startCore(data: string): Promise<CoreProcess> {
  const started = await startCoreProcess({ generation: 'resoto', data, timers: { check: 50 } });
  processes.push(started);
  return started;
}

async function connect(uri: string): Promise<WireSocket> {
  await callJson(uri, 'POST', '/subscriber/w/collect');
  return openSocket(uri, '/subscriber/w/handle');
}

function upload(uri: string, task: string, wait: boolean): Promise<unknown> {
  return call(uri, 'POST', `/graph/resoto/merge?wait_for_result=${wait}`, {
    body: ndjson(acmeAccount()),
    headers: { 'Content-Type': 'application/x-ndjson', 'Resoto-Worker-Task-Id': task },
  });
}

async function boxes(uri: string): Promise<number> {
  const reply = await call(uri, 'POST', '/graph/resoto/search/list', { body: 'is(acme_box)' });
  return Number(reply.headers['result-count']);
}

test('a core that is killed in the middle of a collect goes on where it was', async () => {
  const data = directory();
  const first = await startCore(data);
  await callJson(first.uri, 'PUT', '/config/resoto.worker', { body: { acme: { token: 'x' } } });
  await callJson(first.uri, 'PATCH', '/graph/resoto/model', { body: ACME_KINDS });
  const before = await connect(first.uri);
  const id = textOf((await callObject(first.uri, 'POST', '/workflow/collect'))['id']);
  await before.next();
  await upload(first.uri, id, true);
  await first.kill();

  const second = await startCore(data);
  const after = await connect(second.uri);
  const action = await after.next();
  after.send({ ...action, kind: 'action_done' });

  const run = await eventually(async () => {
    const state = await callObject(second.uri, 'GET', `/workflow/task/${id}`);
    return state['state'] === 'finished' ? state : undefined;
  });
  expect(action).toMatchObject({ kind: 'action', data: { task: id, step: 'collect' } });
  expect(run).toMatchObject({
    answers: { collect: { w: 'action_done' }, merge_outer_edges: { resotocore: 'action_done' } },
  });
  expect(await boxes(second.uri)).toBe(2);
  expect(await callJson(second.uri, 'GET', '/config/resoto.worker')).toEqual({ acme: { token: 'x' } });
});

test('an upload that was accepted before the core was killed is imported after it', async () => {
  const data = directory();
  const first = await startCore(data);
  await callJson(first.uri, 'PATCH', '/graph/resoto/model', { body: ACME_KINDS });
  await connect(first.uri);
  const id = textOf((await callObject(first.uri, 'POST', '/workflow/collect'))['id']);

  await upload(first.uri, id, false);
  await first.kill();
  const second = await startCore(data);

  expect(await eventually(async () => ((await boxes(second.uri)) === 2 ? 2 : undefined))).toBe(2);
});
