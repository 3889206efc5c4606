import { describe, expect, test } from '@jest/globals';
import type { JsonObject, JsonValue } from '@resoto/worker-core';
import { acmeBody, failure, node, NOW, openAcme, type Acme, type AcmeOptions } from '../../test/acme.ts';

async function filled(options: AcmeOptions = {}): Promise<Acme> {
  const acme = openAcme(options);
  await acme.merge(acmeBody());
  return acme;
}

describe('graphs', () => {
  test('are created with their root', () => {
    const { store } = openAcme();

    expect(store.create('other')).toMatchObject({
      id: 'root',
      type: 'node',
      reported: { kind: 'graph_root', name: 'root' },
    });
    expect(store.names()).toEqual(['g', 'other']);
  });

  test('are left as they are when created again', async () => {
    const acme = await filled();

    expect(acme.store.create('g')).toEqual(acme.node('root'));
    expect(await acme.ids('is(acme_box)')).toEqual(['a', 'b', 'c']);
  });

  test.each(['my_graph', 'snapshot-x', 'ä', '', 'a b'])('cannot be called %j', async (name) => {
    expect((await failure(() => openAcme().store.create(name))).code).toBe('invalid_graph_name');
  });

  test('that do not exist are named', async () => {
    const { store } = openAcme();
    const calls: (() => unknown)[] = [
      () => store.model('none'),
      () => store.node('none', 'root'),
      () => store.search('none', 'all'),
      () => store.merge('none', []),
      () => store.patchNodes('none', []),
      () => store.resolveDeferredEdges('none', []),
    ];

    for (const call of calls) {
      expect(await failure(call)).toMatchObject({ code: 'unknown_graph', message: 'No graph with this name none' });
    }
  });

  test('do not see each other', async () => {
    const acme = await filled();
    acme.store.create('other');

    const { count } = await acme.store.search('other', 'all');

    expect(count).toBe(1);
    expect(acme.store.model('other').has('acme_box')).toBe(false);
  });
});

describe('patches', () => {
  test('merge sections and give the updated nodes', async () => {
    const acme = await filled();
    const before = acme.node('a');

    const updated = await acme.store.patchNodes('g', [
      JSON.stringify({
        id: 'a',
        reported: { tags: { new: 'x' } },
        metadata: { cleaned: true, log: [{ msg: 'done' }] },
      }),
      { id: 'b', desired: { clean: true } },
    ]);

    expect(updated).toEqual([acme.node('a'), acme.node('b')]);
    expect(updated[0]).toMatchObject({
      reported: { cores: 1, tags: { owner: 'jane', new: 'x' } },
      metadata: { cleaned: true, log: [{ msg: 'done' }] },
    });
    expect(updated[0]?.revision).not.toBe(before.revision);
    expect(await acme.ids('/metadata.cleaned = true')).toEqual(['a']);
    expect(await acme.ids('/desired.clean = true')).toEqual(['b']);
  });

  test('an empty body changes nothing', async () => {
    expect(await (await filled()).store.patchNodes('g', [])).toEqual([]);
  });

  test('null deletes the section desired or metadata', async () => {
    const acme = await filled();
    await acme.store.patchNodes('g', [{ id: 'a', desired: { clean: true }, metadata: { protected: true } }]);

    await acme.store.patchNodes('g', [{ id: 'a', desired: null }]);
    await acme.store.patchNodes('g', [{ id: 'a', metadata: null }]);

    expect(acme.node('a')).not.toHaveProperty('desired');
    expect(acme.node('a')).not.toHaveProperty('metadata');
    expect(await acme.ids('/metadata.protected = true or /desired.clean = true')).toEqual([]);
  });

  test('an empty section is ignored', async () => {
    const acme = await filled();
    await acme.store.patchNodes('g', [{ id: 'a', desired: { clean: true } }]);

    await acme.store.patchNodes('g', [{ id: 'a', desired: {} }]);

    expect(acme.node('a').desired).toEqual({ clean: true });
  });

  test('resoto keeps null members, fix removes them', async () => {
    const sections: JsonValue[] = [];
    for (const generation of ['resoto', 'fix'] as const) {
      const acme = await filled({ generation });
      await acme.store.patchNodes('g', [{ id: 'a', metadata: { x: 1, y: 2 } }]);
      await acme.store.patchNodes('g', [{ id: 'a', metadata: { x: null } }]);
      sections.push(acme.node('a').metadata ?? null);
    }

    expect(sections).toEqual([{ x: null, y: 2 }, { y: 2 }]);
  });

  test('unknown ids are ignored for marks, and refused for anything else', async () => {
    const acme = await filled();

    expect(await acme.store.patchNodes('g', [{ id: 'gone', metadata: { cleaned: true } }])).toEqual([]);
    expect((await failure(() => acme.store.patchNodes('g', [{ id: 'gone', reported: { cores: 1 } }]))).code).toBe(
      'unknown_node',
    );
  });

  test('a revision has to be the stored one', async () => {
    const acme = await filled();
    const { revision = '' } = acme.node('a');

    await acme.store.patchNodes('g', [{ id: 'a', revision, metadata: { x: 1 } }]);

    const again = () => acme.store.patchNodes('g', [{ id: 'a', revision, metadata: { x: 2 } }]);
    expect((await failure(again)).code).toBe('revision_conflict');
    expect(acme.node('a').metadata).toEqual({ x: 1 });
  });

  test.each<[string, JsonObject, RegExp]>([
    ['without id', { metadata: { x: 1 } }, /no id/],
    ['without section', { id: 'a' }, /no section/],
    ['with a foreign member', { id: 'a', metadata: { x: 1 }, kinds: [] }, /member kinds cannot be changed/],
    ['with a section that is no object', { id: 'a', metadata: 5 }, /metadata is no object/],
    ['with a wrong property', { id: 'a', reported: { cores: 'many' } }, /cores: expected int32, got "many"/],
    ['with an unknown kind', { id: 'a', reported: { kind: 'acme_bux' } }, /kind "acme_bux" is unknown/],
    ['that deletes reported', { id: 'a', reported: null }, /unknown/],
  ])('%s are refused, and nothing is changed', async (_, patch, reason) => {
    const acme = await filled();

    const error = await failure(() => acme.store.patchNodes('g', [{ id: 'b', metadata: { y: 1 } }, patch]));

    expect(error.code).toBe('invalid_node');
    expect(error.message).toMatch(reason);
    expect(acme.node('b')).not.toHaveProperty('metadata');
  });

  test('two lines for one node are refused', async () => {
    const acme = await filled();
    const twice = ['x', 'y'].map((name) => ({ id: 'a', metadata: { [name]: 1 } }));

    expect((await failure(() => acme.store.patchNodes('g', twice))).message).toMatch(/more than one line/);
  });

  test('"diff" is known to resoto only', async () => {
    const patch = { id: 'a', metadata: { x: 1 }, diff: {} };

    expect(await (await filled()).store.patchNodes('g', [patch])).toHaveLength(1);
    expect((await failure(async () => (await filled({ generation: 'fix' })).store.patchNodes('g', [patch]))).code).toBe(
      'invalid_node',
    );
  });

  test('of reported are undone by the next import that sees the resource otherwise', async () => {
    const acme = await filled();
    await acme.store.patchNodes('g', [{ id: 'a', reported: { cores: 99 } }]);

    expect(await acme.merge(acmeBody())).toMatchObject({ nodes_updated: 1 });
    expect(acme.node('a').reported['cores']).toBe(1);
  });

  test('of metadata alone do not make a node differ from its import', async () => {
    const acme = await filled();
    await acme.store.patchNodes('g', [{ id: 'a', metadata: { protected: true } }]);

    expect(await acme.merge(acmeBody())).toMatchObject({ nodes_updated: 0 });
    expect(acme.node('a').metadata).toEqual({ protected: true });
  });
});

describe('tasks', () => {
  test('get a node with its ancestors as complete nodes', async () => {
    const acme = await filled();

    const [a, ...rest] = acme.store.nodesWithAncestors('g', ['a', 'gone']);

    expect(rest).toEqual([]);
    expect(a).toMatchObject({ id: 'a', reported: { age: '9d' } });
    expect(Object.keys(a?.ancestors ?? {})).toEqual(['cloud', 'account', 'region']);
    const { ancestors: _, ...account } = acme.node('acc');
    expect(a?.ancestors?.['account']).toEqual(account);
  });

  test('replace the sections of their node', async () => {
    const acme = await filled();
    await acme.store.patchNodes('g', [{ id: 'a', desired: { clean: true }, metadata: { x: 1 } }]);

    const updated = acme.store.updateNode('g', {
      ...node('a', 'acme_box', { tags: {}, age: '3d' }),
      type: 'node',
      metadata: { y: 2 },
    });

    expect(updated).toEqual(acme.node('a'));
    expect(updated).toMatchObject({ desired: { clean: true }, metadata: { y: 2 } });
    expect(updated.reported).toEqual({
      kind: 'acme_box',
      id: 'a',
      name: 'a',
      tags: {},
      ctime: '2024-03-10T00:00:00Z',
      mtime: '2024-03-10T00:00:00Z',
      age: '0s',
      last_update: '0s',
    });
  });

  test('change the names nodes below see', async () => {
    const acme = await filled();

    acme.store.updateNode('g', node('acc', 'acme_account', { name: 'renamed' }));

    expect(acme.node('net').ancestors).toMatchObject({ account: { reported: { id: 'acc', name: 'renamed' } } });
    expect(await acme.ids('account = renamed and is(network)')).toEqual(['net']);
  });

  test.each<[string, JsonObject, string]>([
    ['an old revision', { ...node('a', 'acme_box'), revision: 'old' }, 'revision_conflict'],
    ['an unknown node', node('gone', 'acme_box'), 'unknown_node'],
    ['a wrong property', node('a', 'acme_box', { cores: 'many' }), 'invalid_node'],
    ['no reported section', { id: 'a', metadata: {} }, 'invalid_node'],
  ])('with %s are refused', async (_, result, code) => {
    const acme = await filled();
    const before = acme.node('a');

    expect((await failure(() => acme.store.updateNode('g', result))).code).toBe(code);
    expect(acme.node('a')).toEqual(before);
  });
});

describe('deferred edges', () => {
  const net = { search_criteria: 'is(acme_network) and reported.id = "net"' };

  function deferred(from: JsonObject, to: JsonObject, type?: string): JsonObject {
    return { from_selector: from, to_selector: to, ...(type !== undefined && { edge_type: type }) };
  }

  test('become edges when their task asks for it', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody([deferred({ node_id: 'a' }, net), deferred({ node_id: 'a' }, net, 'delete')]), 'task');
    expect(await acme.ids('id(a) -default,delete->')).toEqual([]);

    const result = await acme.store.resolveDeferredEdges('g', ['task']);

    expect(result).toEqual({ processed: 2, updated: 2, deleted: 0, skipped: [] });
    expect(await acme.edges('id(a) -default,delete[0:1]->')).toHaveLength(2);
  });

  test('connect accounts', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody([deferred({ node_id: 'a' }, { node_id: 'two-net' })]), 'task');
    await acme.merge(acmeBody([], 'two'), 'task');

    await acme.store.resolveDeferredEdges('g', ['task']);

    expect(await acme.ids('id(a) -->')).toEqual(['two-net']);
  });

  test('are forgotten once they were resolved', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody([deferred({ node_id: 'a' }, net)]), 'task');
    await acme.store.resolveDeferredEdges('g', ['task']);

    expect(await acme.store.resolveDeferredEdges('g', ['task'])).toMatchObject({ processed: 0 });
  });

  test('are dropped without a task, and with an import that fails', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody([deferred({ node_id: 'a' }, net)]));
    await failure(() => acme.merge(acmeBody([deferred({ node_id: 'a' }, net), { hello: 1 }]), 'task'));

    expect(acme.database.prepare('SELECT * FROM deferred_edges').all()).toEqual([]);
  });

  test('are dropped after two hours', async () => {
    let now = NOW;
    const acme = openAcme({ now: () => now });
    await acme.merge(acmeBody([deferred({ node_id: 'a' }, net)]), 'old');
    now += 2 * 3_600_000 + 1000;

    await acme.merge(acmeBody([], 'two'), 'new');

    expect(await acme.store.resolveDeferredEdges('g', ['old'])).toMatchObject({ processed: 0 });
  });

  test.each<[string, JsonObject, JsonObject, RegExp]>([
    ['no node', { node_id: 'gone' }, net, /no node has the id gone/],
    ['nothing', { node_id: 'a' }, { search_criteria: 'reported.id = nothing' }, /0 nodes instead of one/],
    ['more than one node', { node_id: 'a' }, { search_criteria: 'is(acme_box)' }, /3 nodes instead of one/],
    ['no query', { node_id: 'a' }, { search_criteria: 'is(' }, /expected a name/],
    ['a parent, as default edge', net, { node_id: 'eu' }, /would close a cycle/],
  ])('are skipped when an end matches %s', async (_, from, to, reason) => {
    const acme = openAcme();
    await acme.merge(acmeBody([deferred(from, to)]), 'task');

    expect(await acme.store.resolveDeferredEdges('g', ['task'])).toEqual({
      processed: 1,
      updated: 0,
      deleted: 0,
      skipped: [expect.stringMatching(reason)],
    });
  });

  test('survive an import, and replace those of earlier runs of the same type', async () => {
    let now = NOW;
    const acme = openAcme({ now: () => now });
    await acme.merge(
      acmeBody([
        deferred({ node_id: 'a' }, net),
        deferred({ node_id: 'b' }, net),
        deferred({ node_id: 'a' }, net, 'delete'),
      ]),
      'first',
    );
    await acme.store.resolveDeferredEdges('g', ['first']);
    now += 60_000;

    await acme.merge(acmeBody([deferred({ node_id: 'b' }, net)]), 'second');
    expect(await acme.ids('id(a) -->')).toEqual(['net']);

    expect(await acme.store.resolveDeferredEdges('g', ['second'])).toMatchObject({ updated: 1, deleted: 1 });
    expect(await acme.ids('id(a) -->')).toEqual([]);
    expect(await acme.ids('id(b) -->')).toEqual(['net']);
    expect(await acme.ids('id(a) -delete->')).toEqual(['net']);
  });

  test('stay when the current run created none', async () => {
    let now = NOW;
    const acme = openAcme({ now: () => now });
    await acme.merge(acmeBody([deferred({ node_id: 'a' }, net)]), 'first');
    await acme.store.resolveDeferredEdges('g', ['first']);
    now += 60_000;

    expect(await acme.store.resolveDeferredEdges('g', ['second'])).toMatchObject({ deleted: 0 });
    expect(await acme.ids('id(a) -->')).toEqual(['net']);
  });

  test('go with their nodes', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody([deferred({ node_id: 'a' }, net)]), 'task');
    await acme.store.resolveDeferredEdges('g', ['task']);

    await acme.merge(
      acmeBody().filter((line) => line['id'] !== 'net' && line['from'] !== 'net' && line['to'] !== 'net'),
    );

    expect(await acme.edges('all')).toHaveLength(6);
    expect(acme.database.prepare('SELECT * FROM edges WHERE deferred IS NOT NULL').all()).toEqual([]);
  });

  test('carry data in the fix generation', async () => {
    const acme = openAcme({ generation: 'fix' });
    await acme.merge(acmeBody([{ ...deferred({ node_id: 'a' }, net, 'iam'), reported: { level: 'read' } }]), 'task');

    await acme.store.resolveDeferredEdges('g', ['task']);

    expect(await acme.edges('id(a) -iam[0:1]->')).toMatchObject([{ edge_type: 'iam', reported: { level: 'read' } }]);
  });
});
