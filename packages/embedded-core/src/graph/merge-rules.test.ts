import { describe, expect, test } from '@jest/globals';
import type { JsonValue } from '@resoto/worker-core';
import { acmeBody, edge, failure, node, openAcme, REPLACE } from '../../test/acme.ts';

describe('bad bodies', () => {
  const line = (number: number): RegExp => new RegExp(`in line ${number}`);

  test.each<[string, readonly JsonValue[], RegExp]>([
    ['an empty body', [], /empty/],
    ['a line that is no JSON', ['{"id":'], /line 1: it is no JSON/],
    [
      'a line that is neither node nor edge',
      [...acmeBody(), { hello: 1 }],
      /line 17: it is neither node nor edge.*hello/,
    ],
    ['a line that is no object', [...acmeBody(), [1]], line(17)],
    ['an id that is null', [{ id: null, reported: { kind: 'acme_box' } }], /id is no text/],
    ['usage that is null', [node('x', 'acme_box', {}, { usage: null })], /usage is null/],
    ['reported that is null', [{ id: 'x', reported: null }], /reported is null/],
    ['an edge type that is null', [{ from: 'a', to: 'b', edge_type: null }], /edge type null/],
    ['an unknown edge type', [edge('a', 'b', 'likes')], /"likes" is none of default, delete/],
    ['the edge type of the other generation', [edge('a', 'b', 'iam')], /"iam" is none/],
    ['a deferred edge without selectors', [{ from_selector: {}, to_selector: {} }], /from_selector/],
    ['a node without kind', [{ id: 'x', reported: { id: 'x' } }], /node x has no kind/],
    ['a node of an unknown kind', [node('x', 'acme_bux')], /node x has the unknown kind "acme_bux"/],
    ['a node of a simple kind', [node('x', 'acme_color')], /unknown kind/],
    [
      'a wrong property',
      acmeBody([node('x', 'acme_box', { cores: 'ten' })]),
      /line 17: node x of kind acme_box: cores: expected int32, got "ten"/,
    ],
    ['an edge to a node without line', acmeBody([edge('a', 'ghost')]), /no line: ghost/],
    ['an edge from a node without line', acmeBody([edge('ghost', 'a')]), /no line: ghost/],
    [
      'a node without parent',
      acmeBody([node('lost', 'acme_box')]),
      /2 roots instead of one: top \(graph_root\), lost \(acme_box\)/,
    ],
    ['an edge to the root', acmeBody([edge('a', 'top', 'delete')]), /no root/],
    [
      'a cycle of default edges',
      acmeBody([edge('net', 'c')]),
      /cycle: c \(acme_big_box\), net \(acme_network\), c \(acme_big_box\)/,
    ],
    [
      'no replace node',
      acmeBody().map((json) => (json['id'] === 'acc' ? node('acc', 'account') : json)),
      /metadata.replace/,
    ],
    [
      'a replace mark on another kind',
      [node('top', 'graph_root'), node('a', 'acme_box', {}, REPLACE), edge('top', 'a')],
      /metadata.replace/,
    ],
    [
      'an edge between two accounts',
      [...acmeBody(), ...acmeBody([], 'two').slice(2), edge('acme', 'two'), edge('a', 'two-a')],
      /two replace nodes.*two-a/,
    ],
    [
      'two organizational roots',
      acmeBody(['o', 'p'].flatMap((id) => [node(id, 'organizational_root'), edge('acme', id)])),
      /more than one organizational_root/,
    ],
    [
      'another node with the id of the root',
      acmeBody([node('root', 'acme_box'), edge('eu', 'root')]),
      /id root is taken/,
    ],
  ])('%s aborts the import and changes nothing', async (_, lines, reason) => {
    const acme = openAcme();
    await acme.merge(acmeBody());
    const before = await acme.everything();

    const error = await failure(() => acme.merge(lines));

    expect(error.code).toBe('import_aborted');
    expect(error.message).toMatch(reason);
    expect(await acme.everything()).toBe(before);
  });

  test('a failure while reading the body changes nothing', async () => {
    const acme = openAcme();
    async function* cut(): AsyncGenerator<JsonValue> {
      yield* acmeBody();
      throw Object.assign(new Error('connection lost'), { code: 'ECONNRESET' });
    }

    expect((await failure(() => acme.store.merge('g', cut()))).code).toBe('ECONNRESET');
    expect(await acme.ids('all')).toEqual(['root']);
    expect(acme.database.prepare("SELECT name FROM temp.sqlite_master WHERE name LIKE 'stage%'").all()).toEqual([]);
  });

  test('a cancelled import changes nothing', async () => {
    const acme = openAcme();
    const controller = new AbortController();
    async function* slow(): AsyncGenerator<JsonValue> {
      yield* acmeBody();
      controller.abort(Object.assign(new Error('too late'), { code: 'too_late' }));
    }

    expect((await failure(() => acme.store.merge('g', slow(), { signal: controller.signal }))).code).toBe('too_late');
    expect(await acme.ids('all')).toEqual(['root']);
  });
});

describe('tolerated', () => {
  test('edges before their nodes', async () => {
    const acme = openAcme();

    await acme.merge(acmeBody().toReversed());

    expect(await acme.ids('id(net) <-[0:]- sort kind')).toHaveLength(6);
  });

  test('a second line for the same id replaces the first', async () => {
    const acme = openAcme();

    await acme.merge(acmeBody([node('a', 'acme_box', { cores: 99 })]));

    expect(acme.node('a').reported['cores']).toBe(99);
  });

  test('the same edge twice', async () => {
    const acme = openAcme();

    expect(await acme.merge(acmeBody([edge('eu', 'a')]))).toMatchObject({ edges_created: 8 });
  });

  test('lines as text', async () => {
    const acme = openAcme();

    await acme.merge(acmeBody().map((json) => JSON.stringify(json)));

    expect(await acme.ids('is(acme_box)')).toEqual(['a', 'b', 'c']);
  });

  test('a cycle of delete edges', async () => {
    const acme = openAcme();

    await acme.merge(acmeBody([edge('b', 'net', 'delete')]));

    expect(await acme.ids('id(b) -[0:]delete->')).toEqual(['b', 'net']);
  });

  test('any id of the root, which is always stored as root', async () => {
    const acme = openAcme();

    await acme.merge(acmeBody());

    expect(acme.store.node('g', 'top')).toBeUndefined();
    expect(await acme.ids('is(graph_root) -->')).toEqual(['acme']);
  });
});
