import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { coreConnection } from '../core-client/connection.ts';
import { CoreClient } from '../core-client/core-client.ts';
import type { NodeRow } from '../protocol/graph-line.ts';
import type { JsonObject } from '../protocol/json.ts';
import { ScriptedCore, type Responder } from '../testing/scripted-core.ts';
import { NodeChanges } from './node-changes.ts';

let core: ScriptedCore;
let client: CoreClient;
let dropped: [string, string][];
let changes: NodeChanges;

beforeEach(async () => {
  dropped = [];
  core = await ScriptedCore.start();
  client = new CoreClient({ connection: coreConnection({ uri: core.uri }) });
  core.answer('PATCH', '/graph/g/nodes', { json: [] });
  changes = new NodeChanges({
    core: client,
    graph: 'g',
    now: () => new Date('2024-03-01T10:00:00Z'),
    signal: new AbortController().signal,
    onDropped: ({ id }, reason) => dropped.push([id, reason]),
  });
});

afterEach(async () => {
  client.close();
  await core.stop();
});

test('changes of a node go into one line, behind the event log it has', async () => {
  const earlier = { timestamp: '2024-01-01T00:00:00Z', msg: 'made', exception: null };
  const row = node('a', { metadata: { event_log: [earlier] } });

  await changes.add(row, { clean: true, message: 'marked' });
  await changes.add(row, { protect: true, clean: false, message: 'kept' });
  await changes.flush();

  expect(patches()).toEqual([
    [
      {
        id: 'a',
        revision: 'r1',
        desired: { clean: false },
        metadata: { protected: true, event_log: [earlier, entry('marked'), entry('kept')] },
      },
    ],
  ]);
});

test('nothing is sent when there is nothing to change', async () => {
  await changes.flush();

  expect(core.requests).toEqual([]);
});

test('nodes are written 500 at a time', async () => {
  for (let index = 0; index < 501; index += 1) await changes.add(node(`n${index}`), { message: 'x' });

  expect(patches().map((batch) => batch.length)).toEqual([500]);
});

test('nodes that changed meanwhile are read again, and not marked when they are protected by now', async () => {
  refuse(({ revision }) => revision === 'r1');
  answerNodes([node('a', { revision: 'r2' }), node('b', { revision: 'r2', metadata: { protected: true } })]);

  for (const id of ['a', 'b', 'gone']) await changes.add(node(id), { clean: true, message: 'marked' });
  await changes.flush();

  expect(patches().at(-1)).toMatchObject([{ id: 'a', revision: 'r2', desired: { clean: true } }]);
  expect(dropped).toEqual([
    ['b', 'it was protected meanwhile'],
    ['gone', 'it is gone'],
  ]);
});

test('a node the core refuses stops no other', async () => {
  refuse(({ id }) => id === 'bad');
  answerNodes([node('a'), node('bad')]);

  for (const id of ['a', 'bad']) await changes.add(node(id), { clean: true, message: 'marked' });
  await changes.flush();

  expect(patches().at(-2)).toMatchObject([{ id: 'a' }]);
  expect(dropped).toEqual([['bad', expect.stringContaining('the core refused the change')]]);
});

test('a core that fails fails the write', async () => {
  core.answer('PATCH', '/graph/g/nodes', { status: 403, body: 'no' });

  await changes.add(node('a'), { message: 'x' });

  await expect(changes.flush()).rejects.toMatchObject({ code: 'core_forbidden' });
});

function node(id: string, sections: Partial<NodeRow> = {}): NodeRow {
  return { id, type: 'node', revision: 'r1', reported: { kind: 'acme_box', id, name: id }, ...sections };
}

function entry(msg: string): JsonObject {
  return { timestamp: '2024-03-01T10:00:00Z', msg, exception: null };
}

function refuse(isRefused: (patch: JsonObject) => boolean): void {
  const responder: Responder = ({ body }) =>
    parsed(body).some(isRefused) ? { status: 400, body: 'Error: conflict' } : { json: [] };
  core.answer('PATCH', '/graph/g/nodes', responder);
}

function answerNodes(nodes: readonly NodeRow[]): void {
  core.answer('POST', '/graph/g/search/list', {
    body: nodes.map((row) => `${JSON.stringify(row)}\n`).join(''),
    headers: { 'Content-Type': 'application/x-ndjson' },
  });
}

function patches(): JsonObject[][] {
  return core.requestsOf('PATCH', '/graph/g/nodes').map(({ body }) => parsed(body));
}

function parsed(body: string): JsonObject[] {
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JsonObject);
}
