import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ACME_KINDS, acmeAccount, fillGraph, ndjson } from '../../test/acme-account.ts';
import { closeCores, core, directory } from '../../test/cores.ts';
import {
  call,
  callJson,
  callObject,
  eventually,
  objectIn,
  objectsIn,
  openSocket,
  type Reply,
} from '../../test/wire-client.ts';
import { textOf } from '../json.ts';

let uri = '';

beforeEach(async () => {
  ({ uri } = await core());
  await callJson(uri, 'PATCH', '/graph/resoto/model', { body: ACME_KINDS });
});
afterEach(closeCores);

function merge(query: string, body: string, headers: Record<string, string> = {}, at = uri): Promise<Reply> {
  const type = { 'Content-Type': 'application/x-ndjson' };
  return call(at, 'POST', `/graph/resoto/merge${query}`, { body, headers: { ...type, ...headers } });
}

async function search(query: string, at = uri): Promise<number> {
  const reply = await call(at, 'POST', '/graph/resoto/search/list?section=reported', { body: query });
  return Number(reply.headers['result-count']);
}

describe('merge', () => {
  test('answers with counts when the import is done, by default', async () => {
    const reply = await merge('', ndjson(acmeAccount()));

    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.text)).toMatchObject({
      nodes_created: expect.any(Number),
      nodes_deleted: 0,
      edges_created: 5,
    });
    expect(await search('is(acme_box)')).toBe(2);
  });

  test('takes an array as well, and says what it takes otherwise', async () => {
    const array = await merge('', JSON.stringify(acmeAccount()), { 'Content-Type': 'application/json' });
    const text = await merge('', 'x', { 'Content-Type': 'text/plain' });

    expect(array.status).toBe(200);
    expect([text.status, text.text]).toEqual([400, expect.stringContaining('application/x-ndjson')]);
  });

  test('an import that cannot be done is a 400 that says why, and changes nothing', async () => {
    await merge('', ndjson(acmeAccount()));
    const broken = acmeAccount().map((line) =>
      'from' in line ? line : { ...line, reported: { kind: 'unknown_kind' } },
    );

    const reply = await merge('', ndjson(broken));

    expect(reply.status).toBe(400);
    expect(reply.text).toMatch(/^Error: ImportAborted\nMessage: .*unknown_kind/s);
    expect(await search('is(acme_box)')).toBe(2);
  });

  test('a graph that does not exist is 404', async () => {
    expect(
      (await call(uri, 'POST', '/graph/none/merge', { body: '', headers: { 'Content-Type': 'application/x-ndjson' } }))
        .status,
    ).toBe(404);
  });

  test('a line above 10 MiB is refused', async () => {
    const line = JSON.stringify({ id: 'x', reported: { kind: 'acme_box', name: 'x'.repeat(10 * 1024 * 1024) } });

    expect((await merge('', line)).status).toBe(413);
  });

  test('an upload that falls silent is given up', async () => {
    const impatient = await core({ timers: { importIdle: 30 } });

    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'Content-Type': 'application/x-ndjson' };
      const upload = request(`${impatient.uri}/graph/resoto/merge`, { method: 'POST', headers, agent: false });
      upload.once('response', (response) => {
        resolve(response.statusCode);
        upload.destroy();
      });
      upload.once('error', reject);
      upload.write('{"id":"x","reported":{"kind":"graph_root"}}\n');
    });

    expect(status).toBe(400);
  });
});

describe('merge without waiting', () => {
  test('answers 204 when the body is read, and imports it then', async () => {
    const reply = await merge('?wait_for_result=False', ndjson(acmeAccount()));

    expect([reply.status, reply.text]).toEqual([204, '']);
    await eventually(async () => ((await search('is(acme_box)')) === 2 ? true : undefined));
  });

  test('a run waits for the imports of its task, which are told when they are done', async () => {
    const events = await openSocket(uri, '/events?show=graph-merge-completed,task_end');
    await callJson(uri, 'POST', '/subscriber/w/collect');
    const worker = await openSocket(uri, '/subscriber/w/handle');
    await callJson(uri, 'POST', '/workflow/collect');
    const action = await worker.next();
    const task = textOf(objectIn(action['data'])['task']);

    await merge('?wait_for_result=false', ndjson(acmeAccount()), { 'Resoto-Worker-Task-Id': task });
    worker.send({ ...action, kind: 'action_done' });

    expect(await events.next()).toMatchObject({ message_type: 'graph-merge-completed', data: { task_id: task } });
    expect(await events.next()).toMatchObject({ message_type: 'task_end' });
    expect(await search('is(acme_box)')).toBe(2);
  });

  test('a failed import stands in the log of the run and is told as error', async () => {
    const events = await openSocket(uri, '/events?show=error');
    await callJson(uri, 'POST', '/subscriber/w/collect');
    const id = textOf((await callObject(uri, 'POST', '/workflow/collect'))['id']);

    const reply = await merge('?wait_for_result=false', '{"id":"x","reported":{"kind":"nope"}}', {
      'Resoto-Worker-Task-Id': id,
    });

    expect(reply.status).toBe(204);
    expect(await events.next()).toMatchObject({ data: { task: id, message: expect.stringContaining('nope') } });
    const [line] = objectsIn(await callJson(uri, 'GET', `/workflow/task/${id}/log`));
    expect(line).toMatchObject({ level: 'error', step: 'collect' });
  });

  test('a connection that is cut in the middle leaves nothing behind, and the run does not wait for it', async () => {
    const data = directory();
    const { uri: at } = await core({ data });
    await callJson(at, 'POST', '/subscriber/w/collect');
    const worker = await openSocket(at, '/subscriber/w/handle');
    const id = textOf((await callObject(at, 'POST', '/workflow/collect'))['id']);

    await cutUpload(at, id);
    worker.send({ kind: 'action_done', message_type: 'collect', data: { task: id, step: 'collect' } });

    await eventually(async () =>
      (await callObject(at, 'GET', `/workflow/task/${id}`))['state'] === 'finished' ? true : undefined,
    );
    await eventually(() => (readdirSync(join(data, 'imports')).length === 0 ? true : undefined));
    expect(await search('all', at)).toBe(1);
  });

  test('the fix generation reads its own header', async () => {
    const { uri: fix } = await core({ generation: 'fix' });
    await callJson(fix, 'PATCH', '/graph/fix/model', { body: ACME_KINDS });
    const events = await openSocket(fix, '/events?show=graph-merge-completed');

    await call(fix, 'POST', '/graph/fix/merge?wait_for_result=true', {
      body: ndjson(acmeAccount()),
      headers: { 'Content-Type': 'application/x-ndjson', 'Resoto-Worker-Task-Id': 'r', 'Fix-Worker-Task-Id': 'f' },
    });

    expect(await events.next()).toMatchObject({ data: { task_id: 'f' } });
  });
});

describe('other graph endpoints', () => {
  test('graphs are created with their root; other names than letters and digits are refused', async () => {
    expect(await callJson(uri, 'POST', '/graph/mine')).toMatchObject({
      id: 'root',
      type: 'node',
      reported: { kind: 'graph_root' },
    });
    expect((await call(uri, 'POST', '/graph/my_graph')).status).toBe(400);
    expect((await call(uri, 'GET', '/graph/none/model')).status).toBe(404);
  });

  test('the model is patched or replaced, and an impossible one refused', async () => {
    const patched = await callObject(uri, 'PATCH', '/graph/resoto/model', {
      body: [{ fqn: 'extra', bases: ['resource'] }],
    });
    const replaced = await callObject(uri, 'PUT', '/graph/resoto/model', { body: ACME_KINDS });
    const incomplete = await call(uri, 'PATCH', '/graph/resoto/model', { body: [{ fqn: 'x', bases: ['nothing'] }] });

    expect(patched).toMatchObject({ kinds: { extra: {}, acme_box: {} } });
    expect(replaced['kinds']).not.toHaveProperty('extra');
    expect(incomplete.status).toBe(400);
    expect(objectsIn(await callJson(uri, 'GET', '/graph/resoto/model')).map(({ fqn }) => fqn)).toContain('acme_box');
    expect(objectsIn(await callJson(uri, 'GET', '/model')).map(({ fqn }) => fqn)).toContain('acme_box');
  });

  test('a search gives lines with counts; a graph search also edges', async () => {
    await fillGraph(uri);
    const headers = { Accept: 'application/x-ndjson' };

    const list = await call(uri, 'POST', '/graph/resoto/search/list?section=reported', {
      body: 'is(acme_box) limit 1',
      headers,
    });
    const graph = await call(uri, 'POST', '/graph/resoto/search/graph', { body: 'is(account) -[0:]->', headers });
    const uncounted = await call(uri, 'POST', '/graph/resoto/search/list?count=false', { body: 'all', headers });

    expect(list.text.trim().split('\n')).toHaveLength(1);
    expect([list.headers['result-count'], list.headers['total-count']]).toEqual(['1', '2']);
    expect(graph.text).toContain('{"type":"edge","from":"acc-1"');
    expect(uncounted.headers['result-count']).toBeUndefined();
    expect((await call(uri, 'POST', '/graph/resoto/search/list?at=2024-01-01', { body: 'all' })).status).toBe(400);
  });

  test('nodes are patched by lines or by an array; the answer is the updated nodes', async () => {
    await fillGraph(uri);
    const patch = { id: 'acc-1-box-1', reported: { tags: { team: 'red' } }, desired: { clean: true } };

    const lines = await call(uri, 'PATCH', '/graph/resoto/nodes', {
      body: ndjson([patch]),
      headers: { 'Content-Type': 'application/x-ndjson', Accept: 'application/x-ndjson' },
    });
    const array = await callJson(uri, 'PATCH', '/graph/resoto/nodes', {
      body: [{ id: 'acc-1-net-1', metadata: { cleaned: true } }],
    });
    const nothing = await callJson(uri, 'PATCH', '/graph/resoto/nodes', { body: [] });
    const unknown = await call(uri, 'PATCH', '/graph/resoto/nodes', {
      body: [{ id: 'none', reported: { name: 'x' } }],
    });

    expect(JSON.parse(lines.text)).toMatchObject({
      reported: { tags: { owner: 'joe', team: 'red' } },
      desired: { clean: true },
    });
    expect(array).toMatchObject([{ id: 'acc-1-net-1', metadata: { cleaned: true } }]);
    expect(nothing).toEqual([]);
    expect(unknown.status).toBe(400);
  });

  test('one node can be read', async () => {
    await fillGraph(uri);

    expect(await callJson(uri, 'GET', '/graph/resoto/node/acc-1-net-1')).toMatchObject({
      id: 'acc-1-net-1',
      type: 'node',
    });
    expect((await call(uri, 'GET', '/graph/resoto/node/none')).status).toBe(404);
  });

  test('only the fix generation can be asked to merge deferred edges', async () => {
    const { uri: fix } = await core({ generation: 'fix' });

    expect(await callJson(fix, 'POST', '/graph/fix/merge/deferred_edges', { body: ['task'] })).toMatchObject({
      processed: 0,
      updated: 0,
      deleted: 0,
    });
    expect((await call(uri, 'POST', '/graph/resoto/merge/deferred_edges', { body: ['task'] })).status).toBe(404);
  });
});

describe('deferred edges', () => {
  test.each([
    ['resoto', 'collect'],
    ['fix', 'collect_and_cleanup'],
    ['fix', 'collect'],
  ] as const)('of a %s %s run become edges', async (generation, workflow) => {
    const { uri: at } = await core({ generation });
    await callJson(at, 'PATCH', `/graph/${generation}/model`, { body: ACME_KINDS });
    await callJson(at, 'POST', '/subscriber/w/collect');
    const worker = await openSocket(at, '/subscriber/w/handle');
    const id = textOf((await callObject(at, 'POST', `/workflow/${workflow}`))['id']);
    const deferred = {
      from_selector: { node_id: 'acc-1-box-1' },
      to_selector: { search_criteria: 'is(acme_net) and reported.id = "net-1"' },
    };

    await callJson(at, 'POST', `/graph/${generation}/merge`, {
      body: ndjson([...acmeAccount(), deferred]),
      headers: { 'Content-Type': 'application/x-ndjson', 'Resoto-Worker-Task-Id': id, 'Fix-Worker-Task-Id': id },
    });
    worker.send({ kind: 'action_done', message_type: 'collect', data: { task: id, step: 'collect' } });

    const found = await eventually(async () => {
      const query = 'is(acme_box) -->';
      const reply = await call(at, 'POST', `/graph/${generation}/search/list`, { body: query });
      return reply.headers['result-count'] === '1' ? reply.text : undefined;
    });
    expect(found).toContain('acc-1-net-1');
  });
});

/** Sends half of an upload and cuts the connection. */
function cutUpload(at: string, task: string): Promise<void> {
  return new Promise((resolve) => {
    const headers = { 'Content-Type': 'application/x-ndjson', 'Resoto-Worker-Task-Id': task };
    const upload = request(`${at}/graph/resoto/merge?wait_for_result=false`, { method: 'POST', headers, agent: false });
    upload.once('error', () => {});
    upload.once('close', () => resolve());
    upload.write(ndjson(acmeAccount().slice(0, 3)), () => setImmediate(() => upload.destroy()));
  });
}
