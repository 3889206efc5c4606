import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { JsonObject, JsonValue } from '@resoto/worker-core';
import { fillGraph } from '../../test/acme-account.ts';
import { closeCores, core } from '../../test/cores.ts';
import {
  call,
  callJson,
  callObject,
  eventually,
  objectIn,
  openSocket,
  type WireSocket,
} from '../../test/wire-client.ts';
import { isJsonArray, textOf } from '../json.ts';

let uri = '';

beforeEach(async () => {
  ({ uri } = await core());
  await fillGraph(uri);
});
afterEach(closeCores);

async function run(command: string, query = ''): Promise<readonly JsonValue[]> {
  const results = await callJson(uri, 'POST', `/cli/execute${query}`, { body: command });
  return isJsonArray(results) ? results : [];
}

async function ids(command: string): Promise<JsonValue[]> {
  return (await run(command)).map((result) => objectIn(result)['id'] ?? null);
}

function node(id: string): Promise<JsonObject> {
  return callObject(uri, 'GET', `/graph/resoto/node/acc-1-${id}`);
}

async function refusal(command: string): Promise<string> {
  const reply = await call(uri, 'POST', '/cli/execute', { body: command });
  expect(reply.status).toBe(400);
  return reply.text;
}

describe('search and formatting', () => {
  test.each(['search', 'query', 'match'])(
    '%s gives one line of text per node, ordered by kind and name',
    async (name) => {
      const lines = await run(`${name} is(acme_resource)`);

      expect(lines).toEqual([
        expect.stringMatching(/^kind=acme_box, id=box-1, name=box-1, age=\w+, cloud=Acme, account=acc-1$/),
        expect.stringMatching(/^kind=acme_box, id=box-2/),
        expect.stringMatching(/^kind=acme_net, id=net-1/),
      ]);
    },
  );

  test('dump gives whole nodes', async () => {
    expect(await run('search is(acme_net) | dump')).toMatchObject([
      { id: 'acc-1-net-1', type: 'node', reported: { kind: 'acme_net' }, ancestors: { account: {} } },
    ]);
  });

  test('--with-edges adds the edges between the nodes', async () => {
    const results = await run('search --with-edges is(account) -[0:]-> | dump');

    const edges = results.filter((result) => objectIn(result)['type'] === 'edge');
    expect(edges).toHaveLength(3);
    expect(await run('search --with-edges is(account) -[0:]->')).toContain('acc-1 -> acc-1-net-1: default');
  });

  test('list shows the columns asked for', async () => {
    expect(await run('search size > 10 | list id, size as big, account, /metadata.x, tags')).toEqual([
      'id=box-2, big=20, account=acc-1, tags={}',
    ]);
  });

  test('sort, limit, head and tail narrow the results', async () => {
    expect(await ids('search is(acme_resource) | sort size desc, name | dump')).toEqual([
      'acc-1-box-2',
      'acc-1-box-1',
      'acc-1-net-1',
    ]);
    expect(await ids('search is(acme_resource) | limit 1 | dump')).toEqual(['acc-1-box-1']);
    expect(await ids('search is(acme_resource) | limit 1, 1 | dump')).toEqual(['acc-1-box-2']);
    expect(await ids('search is(acme_resource) | head 2 | dump')).toEqual(['acc-1-box-1', 'acc-1-box-2']);
    expect(await ids('search is(acme_resource) | tail -1 | dump')).toEqual(['acc-1-net-1']);
  });

  test('count counts everything, or the values of a property', async () => {
    expect(await run('search is(acme_resource) | count')).toEqual(['total matched: 3', 'total unmatched: 0']);
    expect(await run('search is(acme_resource) | count kind')).toEqual([
      'acme_net: 1',
      'acme_box: 2',
      'total matched: 3',
      'total unmatched: 0',
    ]);
    expect(await run('search is(acme_resource) | count size')).toContain('total unmatched: 1');
  });

  test('json gives values', async () => {
    expect(await run('json ["a", {"b":1}, 9007199254740993] | dump')).toEqual(['a', { b: 1 }, 9007199254740993n]);
    expect(await run('json {"b":1}')).toEqual([{ b: 1 }]);
  });

  test('the section is `reported`, unless the request or the line says otherwise', async () => {
    expect(await ids('search name == "net-1" | dump')).toEqual(['acc-1-net-1']);
    expect(await ids('section=/ search reported.name == "net-1" | dump')).toEqual(['acc-1-net-1']);
    expect(await run('search replace == true | count', '?section=metadata')).toContain('total matched: 1');
  });

  test('the graph is the default one, unless the request or the line says otherwise', async () => {
    await callJson(uri, 'POST', '/graph/other');

    expect(await run('search all | count', '?graph=other')).toContain('total matched: 1');
    expect(await run('graph=other search all | count')).toContain('total matched: 1');
    expect((await call(uri, 'POST', '/cli/execute?graph=none', { body: 'search all' })).status).toBe(404);
  });

  test('dates of today can be named', async () => {
    expect(await run('search /reported.ctime < "@NOW@" | count')).not.toContain('total matched: 0');
    expect(await run('search /reported.ctime > "@NOW@" | count')).toContain('total matched: 0');
  });

  test('several lines are answered as parts', async () => {
    const reply = await call(uri, 'POST', '/cli/execute', {
      body: 'json ["a"] ; json ["b"]',
      headers: { Accept: 'application/x-ndjson' },
    });

    const boundary = /boundary=(.*)$/.exec(reply.headers['content-type'] ?? '')?.[1];
    expect(reply.text.split(`--${boundary}`).map((part) => part.trim())).toEqual([
      '',
      'Content-Type: application/x-ndjson\r\n\r\n"a"',
      'Content-Type: application/x-ndjson\r\n\r\n"b"',
      '--',
    ]);
  });

  test('text is answered as plain lines when asked for', async () => {
    const reply = await call(uri, 'POST', '/cli/execute', { body: 'workflow list', headers: { Accept: 'text/plain' } });

    expect(reply.text).toBe('collect\ncleanup\nmetrics\ncollect_and_cleanup\n');
  });
});

describe('refused', () => {
  test.each([
    ['an unknown command, which names the known ones', 'frobnicate', /no command frobnicate.*search/s],
    [
      'an unknown command in a later line, before the first does anything',
      'workflow run collect ; frob',
      /no command frob/,
    ],
    ['an empty query', 'search | dump', /query is empty/],
    ['a broken query', 'search is( | dump', /InvalidQuery/],
    ['a flow command without input', 'limit 1', /limit needs the results/],
    ['a limit without number', 'search all | limit many', /limit needs a number/],
    ['a change without input', 'clean', /needs the results/],
    ['a broken JSON value', 'json {', /CliParseError/],
    ['a tag without key', 'json ["x"] | tag update', /Expected tag update/],
    ['an unknown workflow', 'workflow run none', /no workflow none/],
    ['an unknown workflow action', 'workflow pause', /Expected workflow/],
  ])('%s', async (_, command, text) => {
    expect(await refusal(command)).toMatch(text);
    expect(await callJson(uri, 'GET', '/workflows/running')).toEqual([]);
  });
});

describe('changes of sections', () => {
  test('clean marks nodes, whether given as results or as ids', async () => {
    const cleaned = await run('search is(acme_box) | clean "no longer needed" | dump');
    await run('json ["acc-1-net-1", "unknown"] | clean');

    expect(cleaned).toMatchObject([{ desired: { clean: true } }, { desired: { clean: true } }]);
    expect(await run('search /desired.clean == true | count')).toContain('total matched: 3');
  });

  test('protect, set_metadata and set_desired merge into their section', async () => {
    await run('search id == "box-1" | protect');
    await run(`search id == "box-1" | set_metadata note="a b" n=1 flag=true`);
    await run('search id == "box-1" | set_desired state=off');

    expect(await node('box-1')).toMatchObject({
      metadata: { protected: true, note: 'a b', n: 1, flag: true },
      desired: { state: 'off' },
    });
  });
});

describe('workflow', () => {
  test('run, running, list and stop', async () => {
    await callJson(uri, 'POST', '/subscriber/w/collect');

    const [started] = await run('workflow run collect');
    const [again] = await run('workflows run collect');
    const id = /^Workflow collect started with id (\S+)\.$/.exec(textOf(started))?.[1];
    const running = await run('workflow running');
    const stopped = await run(`workflow stop ${id}`);

    expect(again).toBe(`Workflow collect already running with id ${id}.`);
    expect(running).toEqual([`workflow=collect, id=${id}, step=collect, progress=0%`]);
    expect(stopped).toEqual([`Workflow collect (${id}) stopped.`]);
    expect(await refusal(`workflow stop ${id}`)).toMatch(/No workflow is running with id/);
  });
});

describe('tag', () => {
  let worker: WireSocket;

  beforeEach(async () => {
    worker = await openSocket(uri, '/work/queue');
    worker.send([{ name: 'tag', filter: { cloud: ['acme'] }, expect_node_result: true }]);
    await worker.arrived();
  });

  test('update sends the complete node and stores the result', async () => {
    const results = run('search id == "box-1" | tag update owner "jane doe" | dump');
    const task = await worker.next();
    const { reported } = objectIn(objectIn(task['data'])['node']);
    const changed = { ...objectIn(reported), tags: { owner: 'jane doe' } };
    worker.send({ task_id: task['task_id'], result: 'done', data: { id: 'acc-1-box-1', reported: changed } });

    expect(task).toMatchObject({
      task_name: 'tag',
      attrs: { cloud: 'acme', account: 'acc-1' },
      data: {
        update: { owner: 'jane doe' },
        node: {
          id: 'acc-1-box-1',
          type: 'node',
          revision: expect.any(String),
          ancestors: { account: { id: 'acc-1', type: 'node', reported: { id: 'acc-1' } } },
        },
      },
    });
    expect(await results).toMatchObject([{ id: 'acc-1-box-1', reported: { tags: { owner: 'jane doe' }, size: 10 } }]);
    expect(await node('box-1')).toMatchObject({ reported: { tags: { owner: 'jane doe' } } });
  });

  test('a value may name properties of the node; no value is null', async () => {
    const filled = run('search id == "box-1" | tag update owner {account}-{size}');
    const first = await worker.next();
    worker.send({ task_id: first['task_id'], result: 'done' });
    const empty = run('search id == "box-1" | tag update owner');
    const second = await worker.next();
    worker.send({ task_id: second['task_id'], result: 'done' });

    await Promise.all([filled, empty]);
    expect(first).toMatchObject({ data: { update: { owner: 'acc-1-10' } } });
    expect(second).toMatchObject({ data: { update: { owner: null } } });
  });

  test('delete names the key; an error becomes the result of its node', async () => {
    const results = run('search is(acme_box) | tag delete owner | dump');
    for (const id of ['box-1', 'box-2']) {
      const task = await worker.next();
      expect(task).toMatchObject({ data: { delete: ['owner'], node: { reported: { id } } } });
      worker.send({ task_id: task['task_id'], result: 'error', error: 'denied' });
    }

    expect(await results).toEqual(
      ['1', '2'].map((n) => ({ error: 'Error executing task: denied', id: `acc-1-box-${n}` })),
    );
  });

  test('a result of an older revision does not overwrite a newer node', async () => {
    const results = run('search id == "box-1" | tag update owner jane | dump');
    const task = await worker.next();
    const sent = objectIn(objectIn(task['data'])['node']);
    await run('search id == "box-1" | protect');
    const data = { ...sent, reported: { ...objectIn(sent['reported']), tags: { owner: 'jane' } } };
    worker.send({ task_id: task['task_id'], result: 'done', data });

    expect(await results).toMatchObject([{ reported: { tags: { owner: 'jane' } } }]);
    expect(await node('box-1')).toMatchObject({ reported: { tags: { owner: 'joe' } }, metadata: { protected: true } });
  });

  test('a result that breaks the model is an error of its node', async () => {
    const results = run('search id == "box-1" | tag update owner jane | dump');
    const task = await worker.next();
    const data = { id: 'acc-1-box-1', reported: { kind: 'acme_box', id: 'box-1', size: 'huge' } };
    worker.send({ task_id: task['task_id'], result: 'done', data });

    expect(await results).toEqual([{ id: 'acc-1-box-1', error: expect.stringContaining('size') }]);
    expect(await node('box-1')).toMatchObject({ reported: { size: 10 } });
  });

  test('--nowait answers at once and stores the result later', async () => {
    const results = await run('search id == "box-1" | tag update --nowait owner jane');
    const task = await worker.next();
    const { reported } = await node('box-1');
    const data = { id: 'acc-1-box-1', reported: { ...objectIn(reported), tags: { owner: 'jane' } } };
    worker.send({ task_id: task['task_id'], result: 'done', data });

    expect(results).toEqual([`Spawned WorkerTask tag:${textOf(task['task_id'])}`]);
    await eventually(async () => (JSON.stringify(await node('box-1')).includes('jane') ? true : undefined));
  });
});

describe('commands of workers', () => {
  async function offer(offers: object[]): Promise<WireSocket> {
    const worker = await openSocket(uri, '/work/queue');
    worker.send(offers);
    await worker.arrived();
    return worker;
  }

  test('as first command they get their arguments, and their data is the output', async () => {
    const worker = await offer([{ name: 'acme', filter: {} }]);

    const results = run('acme describe --box "a b" "c|d" | dump');
    const task = await worker.next();
    worker.send({ task_id: task['task_id'], result: 'done', data: { any: null } });

    expect(task).toMatchObject({ task_name: 'acme', attrs: {}, data: { args: ['describe', '--box', 'a b', 'c|d'] } });
    expect(await results).toEqual([{ any: null }]);
  });

  test('after a search they get each node they are allowed on, with its values in the arguments', async () => {
    const worker = await offer([{ name: 'acme', allowed_on_kind: 'acme_box' }]);

    const results = run('search is(acme_resource) | acme show {id} | dump');
    const tasks = [await worker.next(), await worker.next()];
    for (const task of tasks) worker.send({ task_id: task['task_id'], result: 'done', data: task['task_id'] });

    expect(tasks).toMatchObject([
      { data: { args: ['show', 'box-1'], node: { id: 'acc-1-box-1' } }, attrs: { cloud: 'acme', account: 'acc-1' } },
      { data: { args: ['show', 'box-2'], node: { id: 'acc-1-box-2' } } },
    ]);
    expect(await results).toEqual(tasks.map((task) => task['task_id']));
  });

  test.each([
    ['no arguments', 'acme', /acme needs arguments/],
    ['no arguments after a search', 'search is(acme_box) | acme', /acme needs arguments/],
    ['single quotes', `acme 'a b'`, /use double quotes/],
    ['nothing but an option', 'acme --all', /--all as its only argument/],
  ])('with %s they are refused, as the core cannot read what it makes of that', async (_, command, text) => {
    await offer([{ name: 'acme' }]);

    expect(await refusal(command)).toMatch(text);
  });

  test('an error fails the whole line, unless a node is expected', async () => {
    const worker = await offer([{ name: 'plain' }, { name: 'noded', expect_node_result: true }]);

    const plain = refusal('search id == "box-1" | plain {id}');
    worker.send({ task_id: (await worker.next())['task_id'], result: 'error', error: 'no such box' });
    const noded = run('search id == "box-1" | noded {id} | dump');
    worker.send({ task_id: (await worker.next())['task_id'], result: 'error', error: 'no such box' });

    expect(await plain).toBe('Error: CommandFailed\nMessage: plain failed: no such box');
    expect(await noded).toEqual([{ error: 'Error executing task: no such box', id: 'acc-1-box-1' }]);
  });

  test('the first definition stays, and built-in commands cannot be replaced', async () => {
    const first = await offer([
      { name: 'acme', expect_node_result: false },
      { name: 'search' },
      { name: 'validate_config' },
    ]);
    await first.close();
    const second = await offer([{ name: 'acme', expect_node_result: true }]);

    const failing = refusal('search id == "box-1" | acme {id}');
    second.send({ task_id: (await second.next())['task_id'], result: 'error', error: 'broken' });
    await expect(refusal('validate_config x')).resolves.toMatch(/no command validate_config/);

    expect(await failing).toMatch(/acme failed/);
    expect(await run('search id == "box-1" | count')).toContain('total matched: 1');
  });
});
