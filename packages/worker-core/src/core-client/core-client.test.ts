import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { errorText } from '../errors.ts';
import { page } from '../testing/scripted/answer.ts';
import type { JsonValue } from '../protocol/json.ts';
import { ScriptedCore } from '../testing/scripted-core.ts';
import { coreConnection } from './connection.ts';
import { CoreClient } from './core-client.ts';

let core: ScriptedCore;
const ending: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  core = await ScriptedCore.start();
  ending.push(() => core.stop());
});

afterEach(async () => {
  for (const end of ending.splice(0).toReversed()) await end();
});

function client(options: { readonly uri?: string; readonly psk?: string } = {}): CoreClient {
  const connection = coreConnection({ uri: core.uri, ...options });
  const made = new CoreClient({ connection, backOff: { minimum: 5, maximum: 20 } });
  ending.push(() => made.close());
  return made;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const ndjson = { 'Content-Type': 'application/x-ndjson' };

describe('waiting for a core', () => {
  test('ends when it is up, and sends no token before it is trusted', async () => {
    core.answer('GET', '/system/ready', (_request, previous) => (previous < 2 ? { status: 503 } : { body: 'ok' }));

    await client({ psk: 'secret' }).waitUntilReady({ pause: 5 });

    expect(core.requests).toHaveLength(3);
    expect(core.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('sends a token when a path prefix closes the endpoint', async () => {
    core.answer('GET', '/inventory/system/ready', ({ headers }) =>
      headers.authorization === undefined ? { status: 401 } : { body: 'ok' },
    );

    await client({ uri: `${core.uri}/inventory`, psk: 'secret' }).waitUntilReady({ pause: 5 });

    expect(core.requests).toHaveLength(2);
  });

  test('ends at once when the key is wrong', async () => {
    core.answer('GET', '/system/ready', { status: 401 });

    await expect(client({ psk: 'secret' }).waitUntilReady()).rejects.toMatchObject({ code: 'core_wrong_key' });
  });

  test('ends at once at a web page', async () => {
    core.answer('GET', '/system/ready', { body: '<html>', headers: { 'Content-Type': 'text/html; charset=utf-8' } });

    await expect(client().waitUntilReady()).rejects.toMatchObject({ code: 'not_a_core' });
  });

  test('ends at once where the address leads on for good', async () => {
    const headers = { Location: 'https://core.example/system/ready' };
    core.answer('GET', '/system/ready', { status: 308, headers });

    await expect(client().waitUntilReady()).rejects.toMatchObject({
      hint: expect.stringContaining('leads on to https://core.example/system/ready'),
    });
  });

  test('goes on at the page of a proxy in front of a core that starts', async () => {
    core.answer('GET', '/system/ready', (_request, previous) => (previous < 2 ? page(404) : { body: 'ok' }));

    await client().waitUntilReady({ pause: 5 });

    expect(core.requests).toHaveLength(3);
  });

  test('tells each reason to wait once', async () => {
    core.answer('GET', '/system/ready', (_request, previous) =>
      previous < 3 ? { status: 503, body: 'starting' } : previous < 5 ? { status: 500 } : { body: 'ok' },
    );
    const reasons: string[] = [];

    await client().waitUntilReady({ pause: 1, onWait: (error) => reasons.push(errorText(error)) });

    expect(reasons).toEqual([
      expect.stringContaining('was answered with 503: starting'),
      expect.stringContaining('was answered with 500'),
    ]);
  });

  test('ends when the time is over, and says what was in the way', async () => {
    await core.stop();

    await expect(client().waitUntilReady({ timeout: 20, pause: 5 })).rejects.toMatchObject({
      code: 'timed_out',
      message: expect.stringMatching(
        /became ready at http:.* within 0 s: GET .*: cannot reach the core \(ECONNREFUSED\)$/,
      ),
      hint: `Is a core running at ${core.uri}? Check its address.`,
    });
  });
});

describe('the configuration', () => {
  const id = 'resoto.worker';

  test.each(['Resoto-Config-Revision', 'Fix-Config-Revision'])('is read with its revision in %s', async (header) => {
    core.answer('GET', `/config/${id}`, {
      json: { config: { aws: { a: 1 } }, overrides: null, raw_config: { aws: { a: '$(A)' } } },
      headers: { [header]: 'r1' },
    });

    await expect(client().config(id)).resolves.toEqual({
      config: { aws: { a: 1 } },
      overrides: null,
      rawConfig: { aws: { a: '$(A)' } },
      revision: 'r1',
    });
    expect(core.requests[0]?.query).toEqual({
      separate_overrides: 'true',
      apply_overrides: 'true',
      resolve_env_vars: 'true',
      include_raw_config: 'true',
    });
  });

  test('that does not exist is undefined', async () => {
    await expect(client().config(id)).resolves.toBeUndefined();
  });

  test('is not taken for missing because a proxy has a page for what is not there', async () => {
    core.answer('GET', `/config/${id}`, page(404));

    await expect(client().config(id)).rejects.toMatchObject({
      code: 'not_a_core',
      message: expect.stringContaining('was answered with 404 and text/html'),
    });
  });

  test('that somebody stores in between is read', async () => {
    core.answer('GET', `/config/${id}`, (_request, previous) =>
      previous === 0 ? { status: 404 } : { json: { config: { acme: {} } } },
    );
    core.answer('GET', '/configs', { json: ['other', id] });

    await expect(client().config(id)).resolves.toMatchObject({ config: { acme: {} } });
  });

  test('that is listed and not found is not taken for missing', async () => {
    core.answer('GET', '/configs', { json: [id] });

    await expect(client().config(id)).rejects.toMatchObject({
      code: 'config_hidden',
      message: expect.stringContaining(`lists the configuration ${id}`),
    });
  });

  test('that is not found where nobody lists documents is undefined', async () => {
    core.answer('GET', '/configs', { status: 404, body: '404: Not Found' });

    await expect(client().config(id)).resolves.toBeUndefined();
  });

  test.each([
    [403, 'core_forbidden'],
    [500, 'core_failed'],
  ])('is not taken for missing where the list of documents is answered with %s', async (status, code) => {
    core.answer('GET', '/configs', { status, body: 'Error: X' });

    await expect(client().config(id)).rejects.toMatchObject({ code });
  });

  test('in an unknown form is refused', async () => {
    core.answer('GET', `/config/${id}`, { json: [1] });

    await expect(client().config(id)).rejects.toMatchObject({ code: 'broken_protocol' });
  });

  test('is written as JSON; a write that changes nothing has no revision', async () => {
    core.answer('PUT', `/config/${id}`, { json: {}, headers: { 'Resoto-Config-Revision': 'r2' } });
    core.answer('PATCH', `/config/${id}`, { json: {} });

    await expect(client().putConfig(id, { a: 9007199254740993n })).resolves.toBe('r2');
    await expect(client().patchConfig(id, { a: 1 })).resolves.toBe('unknown');

    expect(core.requests.map(({ body, headers }) => [body, headers['content-type']])).toEqual([
      ['{"a":9007199254740993}', 'application/json'],
      ['{"a":1}', 'application/json'],
    ]);
  });
});

describe('a merge', () => {
  const path = '/graph/resoto/merge';
  const counts = {
    nodes_created: 5,
    nodes_updated: 0,
    nodes_deleted: 1,
    edges_created: 4,
    edges_updated: 0,
    edges_deleted: 0,
  };
  test('sends its body with the headers of both generations, and waits for the import', async () => {
    core.answer('POST', path, { json: counts });
    const body = bodyOf('node\n', Buffer.from('edge\n'));

    await expect(client().merge('resoto', { body, nodes: 5, edges: 4, taskId: 't1' })).resolves.toEqual(counts);

    expect(core.requests[0]).toMatchObject({
      query: { wait_for_result: 'true' },
      body: 'node\nedge\n',
      headers: {
        'content-type': 'application/x-ndjson',
        'resoto-worker-task-id': 't1',
        'fix-worker-task-id': 't1',
        'resoto-worker-nodes': '5',
        'fix-worker-edges': '4',
      },
    });
  });

  test('survives a core that is away for a while, and starts again from the beginning', async () => {
    const body = bodyOf('node\n'.repeat(1000));
    core.answer('POST', path, (_request, previous) => (previous === 0 ? 'cut' : { json: counts }));
    await core.stop();

    const merged = client().merge('resoto', { body, nodes: 1000, edges: 0 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await core.listen();

    await expect(merged).resolves.toEqual(counts);
    expect(core.requests.map(({ body }) => body.length)).toEqual([5000, 5000]);
  });

  test('waits for the import of an attempt whose connection was lost', async () => {
    core.answer('POST', path, (_request, previous) =>
      previous === 0 ? { status: 400, body: 'Error: X\nMessage: Conflicting change in progress!' } : { json: counts },
    );

    await expect(client().merge('resoto', { body: bodyOf(), nodes: 0, edges: 0 })).resolves.toEqual(counts);
  });

  test('that the core refuses says why', async () => {
    core.answer('POST', path, { status: 400, body: 'Error: ImportAborted\nMessage: unknown kind acme_box' });

    await expect(client().merge('resoto', { body: bodyOf(), nodes: 0, edges: 0 })).rejects.toMatchObject({
      code: 'core_refused',
      message: expect.stringContaining('ImportAborted Message: unknown kind acme_box'),
    });
    expect(core.requests).toHaveLength(1);
  });

  test.each<JsonValue>([{}, [], null, 'ok', { nodes_created: '5' }])(
    'that is answered with %j, which is no result of an import, has failed',
    async (json) => {
      core.answer('POST', path, { json });

      await expect(client().merge('resoto', { body: bodyOf(), nodes: 0, edges: 0 })).rejects.toMatchObject({
        message: 'The core did not answer what it has imported of a graph',
      });
    },
  );

  test('that is answered with an error instead of a result has failed with it', async () => {
    core.answer('POST', path, { json: { error: 'no space left' } });

    await expect(client().merge('resoto', { body: bodyOf(), nodes: 0, edges: 0 })).rejects.toThrow(/no space left$/);
  });

  test('whose body breaks off fails with that, and is not tried again', async () => {
    const body = async function* () {
      yield 'node\n';
      throw Object.assign(new Error('disk gone'), { code: 'spool_failed' });
    };

    await expect(client().merge('resoto', { body, nodes: 1, edges: 0 })).rejects.toMatchObject({
      code: 'spool_failed',
    });
    expect(core.requests).toEqual([]);
  });
});

function bodyOf(...chunks: readonly (string | Uint8Array)[]) {
  return async function* () {
    yield* chunks;
  };
}

describe('a search', () => {
  const node = { type: 'node', id: 'a', reported: { kind: 'acme_box', size: 9007199254740993n } };
  const edge = { type: 'edge', from: 'root', to: 'a', edge_type: 'default' };
  const body =
    '{"type":"node","id":"a","reported":{"kind":"acme_box","size":9007199254740993}}\n' + JSON.stringify(edge);

  test('sends the query as it is and yields nodes and edges', async () => {
    core.answer('POST', '/graph/resoto/search/graph', { body, headers: ndjson });
    const query = '/desired.clean == true <-default,delete[0:]->';

    expect(await all(client().searchGraph('resoto', query, { section: 'reported' }))).toEqual([node, edge]);

    expect(core.requests[0]).toMatchObject({ body: query, query: { section: 'reported' } });
  });

  test('for a list yields nodes alone', async () => {
    core.answer('POST', '/graph/resoto/search/list', { body, headers: ndjson });

    expect(await all(client().searchList('resoto', 'all'))).toEqual([node]);
    expect(core.requests[0]?.query).toEqual({});
  });

  test.each([
    [['resoto', 'archive'], 'Name one of these graphs instead: archive, resoto.'],
    [[], 'There is no graph at all yet'],
  ])('in a graph that does not exist says so, and that there are %j', async (graphs, hint) => {
    core.answer('POST', '/graph/other/search/list', {
      status: 404,
      body: 'Error: X\nMessage: No graph with this name other',
    });
    core.answer('GET', '/graph', { json: graphs });

    await expect(all(client().searchList('other', 'all'))).rejects.toMatchObject({
      code: 'core_not_found',
      message: `There is no graph other at ${core.uri}`,
      hint: expect.stringContaining(hint),
    });
  });

  test('that is not found in a graph that exists tells what was answered', async () => {
    core.answer('POST', '/graph/resoto/search/list', { status: 404, body: 'Error: X\nMessage: no such index' });
    core.answer('GET', '/graph', { json: ['resoto'] });

    await expect(all(client().searchList('resoto', 'all'))).rejects.toMatchObject({
      code: 'core_not_found',
      message: expect.stringContaining('no such index'),
    });
  });

  test('with a row of neither kind is refused', async () => {
    core.answer('POST', '/graph/resoto/search/list', { body: '{"type":"surprise"}', headers: ndjson });

    await expect(all(client().searchList('resoto', 'all'))).rejects.toMatchObject({ code: 'broken_protocol' });
  });
});

test('node patches are sent in batches', async () => {
  core.answer('PATCH', '/graph/resoto/nodes', { body: '', headers: ndjson });
  const patches = ['a', 'b', 'c'].map((id) => ({ id, metadata: { cleaned: true } }));

  await client().patchNodes('resoto', patches, { batchSize: 2 });

  expect(core.requests.map(({ body }) => body.trim().split('\n'))).toEqual([
    ['{"id":"a","metadata":{"cleaned":true}}', '{"id":"b","metadata":{"cleaned":true}}'],
    ['{"id":"c","metadata":{"cleaned":true}}'],
  ]);
});

test('graph, model and config model are created with one request each', async () => {
  core.answer('POST', '/graph/resoto', { json: {} });
  core.answer('PATCH', '/graph/resoto/model', { json: {} });
  core.answer('PATCH', '/configs/model', { json: {} });
  const kinds = [{ fqn: 'acme_box', bases: ['resource'], properties: [] }];

  await client().createGraph('resoto');
  await client().patchModel('resoto', kinds);
  await client().patchConfigModel(kinds);

  expect(core.requests.map(({ body }) => body)).toEqual(['', JSON.stringify(kinds), JSON.stringify(kinds)]);
});

test('a subscription has a whole number of seconds', async () => {
  await client().subscribe({ subscriberId: 'w-collector', event: 'collect', timeout: 10_800.4 });

  expect(core.requests[0]).toMatchObject({
    method: 'POST',
    path: '/subscriber/w-collector/collect',
    query: { timeout: '10800', wait_for_completion: 'true' },
  });
});

test('a command is run once and yields its results', async () => {
  core.answer('POST', '/cli/execute', { body: '{"a":1}\n"text"\n', headers: ndjson });

  expect(await all(client().execute('search all | dump', { graph: 'resoto' }))).toEqual([{ a: 1 }, 'text']);
  expect(core.requests[0]).toMatchObject({ body: 'search all | dump', query: { graph: 'resoto' } });
});
