import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { JsonObject, JsonValue } from '@resoto/worker-core';
import { acmeBody, edge, node, NOW, openAcme, REPLACE } from '../../test/acme.ts';

const DAY = 86_400_000;

/** The body without the lines that mention these nodes. */
function without(body: readonly JsonObject[], ...ids: readonly string[]): JsonObject[] {
  return body.filter(
    (line) => ![line['id'], line['from'], line['to']].some((id) => typeof id === 'string' && ids.includes(id)),
  );
}

/** The body with another line for a node. */
function changed(body: readonly JsonObject[], line: JsonObject): JsonObject[] {
  return body.map((old) => (old['id'] === line['id'] ? line : old));
}

describe('counts', () => {
  test('everything is created at first', async () => {
    const acme = openAcme();

    expect(await acme.merge(acmeBody())).toEqual({
      nodes_created: 7,
      nodes_updated: 1,
      nodes_deleted: 0,
      edges_created: 8,
      edges_updated: 0,
      edges_deleted: 0,
    });
  });

  test('nothing is touched when the same body comes again, also with members in another order', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody());
    const before = await acme.everything();

    const reordered = acmeBody().map((line) =>
      'reported' in line
        ? { ...line, reported: Object.fromEntries(Object.entries(line['reported'] ?? {}).toReversed()) }
        : line,
    );
    const result = await acme.merge(reordered);

    expect(Object.values(result)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await acme.everything()).toBe(before);
  });

  test('changes, additions and what is missing are told apart', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody());

    const body = changed(
      without(acmeBody([node('d', 'acme_box'), edge('eu', 'd')]), 'net'),
      node('a', 'acme_box', { cores: 8 }),
    );

    expect(await acme.merge(body)).toEqual({
      nodes_created: 1,
      nodes_updated: 1,
      nodes_deleted: 1,
      edges_created: 1,
      edges_updated: 0,
      edges_deleted: 2,
    });
    expect(await acme.ids('is(resource)')).toEqual(['acme', 'acc', 'eu', 'a', 'b', 'c', 'd']);
    expect(acme.node('a').reported).toMatchObject({ cores: 8 });
    expect(acme.node('a').reported).not.toHaveProperty('color');
  });

  test('an edge that moved is deleted and created', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody());

    const body = [...acmeBody().filter((line) => line['to'] !== 'net'), edge('a', 'net')];

    expect(await acme.merge(body)).toMatchObject({ edges_created: 1, edges_deleted: 1, nodes_updated: 0 });
    expect(await acme.ids('id(net) <--')).toEqual(['a']);
  });
});

describe('replacing', () => {
  test('leaves other accounts alone', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody());
    await acme.merge(acmeBody([], 'two'));

    await acme.merge(without(acmeBody(), 'a', 'b', 'c', 'net'));

    expect(await acme.ids('is(acme_box)')).toEqual(['two-a', 'two-b', 'two-c']);
    expect(await acme.ids('is(account)')).toEqual(['acc', 'two']);
  });

  test('never deletes nodes above the replace node', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody());

    await acme.merge([node('top', 'graph_root'), node('solo', 'account', {}, REPLACE), edge('top', 'solo')]);

    expect(await acme.ids('is(cloud)')).toEqual(['acme']);
    expect(await acme.ids('is(account)')).toEqual(['acc', 'solo']);
  });

  test('of a cloud deletes accounts that are missing', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody());

    const result = await acme.merge([
      node('top', 'graph_root', { name: 'root' }),
      node('acme', 'acme_cloud', {}, REPLACE),
      edge('top', 'acme'),
    ]);

    expect(result).toMatchObject({ nodes_deleted: 6, edges_deleted: 7 });
    expect(await acme.ids('all')).toEqual(['root', 'acme']);
  });

  test('of a region touches only this region', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody([node('us', 'acme_region'), node('d', 'acme_box'), edge('acc', 'us'), edge('us', 'd')]));

    await acme.merge([
      node('top', 'graph_root', { name: 'root' }),
      node('acme', 'acme_cloud'),
      node('acc', 'acme_account', { name: 'account acc' }),
      node('us', 'acme_region', {}, REPLACE),
      edge('top', 'acme'),
      edge('acme', 'acc'),
      edge('acc', 'us'),
    ]);

    expect(await acme.ids('is(acme_box)')).toEqual(['a', 'b', 'c']);
  });

  test('takes "replace" beside metadata too', async () => {
    const acme = openAcme();

    await acme.merge([node('top', 'graph_root'), node('acc', 'account', {}, { replace: true }), edge('top', 'acc')]);

    expect(await acme.ids('is(account)')).toEqual(['acc']);
  });

  test('follows a node that moved to another account', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody([node('moved', 'acme_box'), edge('eu', 'moved')]));

    await acme.merge(acmeBody([node('moved', 'acme_box'), edge('two-eu', 'moved')], 'two'));
    await acme.merge(acmeBody());

    expect(acme.node('moved').ancestors).toMatchObject({ account: { reported: { id: 'two' } } });
  });

  test('compares organisational nodes when the body has their root', async () => {
    const acme = openAcme();
    const organization = (units: readonly string[]): JsonObject[] => [
      node('top', 'graph_root', { name: 'root' }),
      node('acme', 'acme_cloud'),
      node('org', 'organizational_root'),
      node('acc', 'account', {}, REPLACE),
      edge('top', 'acme'),
      edge('acme', 'org'),
      ...units.flatMap((unit) => [node(unit, 'organizational_unit'), edge('org', unit), edge(unit, 'acc')]),
    ];
    await acme.merge(organization(['one', 'two']));

    expect(await acme.merge(organization(['one']))).toMatchObject({ nodes_deleted: 1 });
    expect(await acme.ids('is(organizational_unit)')).toEqual(['one']);
  });

  test('keeps organisational nodes when the body knows nothing of them', async () => {
    const acme = openAcme();
    await acme.merge([
      node('top', 'graph_root', { name: 'root' }),
      node('acme', 'acme_cloud'),
      node('org', 'organizational_root'),
      node('acc', 'account', {}, REPLACE),
      edge('top', 'acme'),
      edge('acme', 'org'),
      edge('org', 'acc'),
    ]);

    await acme.merge(acmeBody());

    expect(await acme.ids('is(organizational_root)')).toEqual(['org']);
  });
});

describe('sections', () => {
  test('desired survives an import that does not mention it', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody());
    await acme.store.patchNodes('g', [{ id: 'a', desired: { clean: true } }]);

    await acme.merge(changed(acmeBody(), node('a', 'acme_box', { cores: 8 })));

    expect(acme.node('a')).toMatchObject({ reported: { cores: 8 }, desired: { clean: true } });
  });

  test('desired is replaced by an import that has it', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody());
    await acme.store.patchNodes('g', [{ id: 'a', desired: { clean: true } }]);

    await acme.merge(changed(acmeBody(), node('a', 'acme_box', {}, { desired: { other: 1 } })));

    expect(acme.node('a').desired).toEqual({ other: 1 });
  });

  test('resoto replaces the metadata of a changed node and leaves that of an unchanged one', async () => {
    const acme = openAcme({ generation: 'resoto' });
    await acme.merge(acmeBody());
    await acme.store.patchNodes(
      'g',
      ['a', 'b'].map((id) => ({ id, metadata: { protected: true } })),
    );

    await acme.merge(changed(acmeBody(), node('a', 'acme_box', { cores: 8 }, { metadata: { cleaned: false } })));

    expect(acme.node('a').metadata).toEqual({ cleaned: false });
    expect(acme.node('b').metadata).toEqual({ protected: true });
    expect(await acme.ids('/metadata.protected = true')).toEqual(['b']);
  });

  test('fix merges the metadata of a changed node', async () => {
    const acme = openAcme({ generation: 'fix' });
    await acme.merge(acmeBody());
    await acme.store.patchNodes('g', [{ id: 'a', metadata: { protected: true, long: 9007199254740993n } }]);

    await acme.merge(changed(acmeBody(), node('a', 'acme_box', { cores: 8 }, { metadata: { cleaned: true } })));

    expect(acme.node('a').metadata).toEqual({ protected: true, long: 9007199254740993n, cleaned: true });
    expect(await acme.ids('/metadata.protected = true and /metadata.cleaned = true')).toEqual(['a']);
  });

  test('usage is stored with its time and does not count as change', async () => {
    const acme = openAcme();
    await acme.merge(acmeBody());

    const usage = { usage: { cpu: { max: 80 } } };
    const result = await acme.merge(changed(acmeBody(), { ...acmeBody()[4], ...usage }));

    expect(result.nodes_updated).toBe(0);
    expect(acme.node('a').usage).toEqual({ cpu: { max: 80 }, start: '2024-03-10T00:00:00.000Z', duration: '1h' });
    expect(await acme.ids('usage.cpu.max > 50')).toEqual(['a']);
  });

  test('an empty usage is ignored', async () => {
    const acme = openAcme();

    await acme.merge(changed(acmeBody(), node('a', 'acme_box', {}, { usage: {} })));

    expect(acme.node('a')).not.toHaveProperty('usage');
  });

  test('only fix takes ancestors from the body', async () => {
    const line = node('a', 'acme_box', {}, { ancestors: { account: { reported: { id: 'preset', name: 'Preset' } } } });
    const ancestors: JsonValue[] = [];
    for (const generation of ['resoto', 'fix'] as const) {
      const acme = openAcme({ generation });
      await acme.merge(changed(acmeBody(), line));
      ancestors.push((await acme.ids('account.id = preset or account = Preset')).join());
      ancestors.push(acme.node('a').ancestors?.['account'] ?? null);
    }

    expect(ancestors).toEqual([
      '',
      { reported: { id: 'acc', name: 'account acc' } },
      'a',
      { reported: { id: 'preset', name: 'Preset' } },
    ]);
  });

  test('long integers keep their digits', async () => {
    const acme = openAcme();
    const lines = acmeBody().map((line) =>
      JSON.stringify(line).replace('"cores":16', '"cores":16,"bytes":12345678901234567'),
    );

    await acme.merge(lines);

    expect(acme.node('c').reported['bytes']).toBe(12345678901234567n);
    expect(await acme.ids('bytes = 12345678901234567')).toEqual(['c']);
    expect(await acme.ids('bytes > 12345678901234566')).toEqual(['c']);
  });
});

describe('what the core adds', () => {
  test('times of the first and the last change, where the kind has them and the body does not', async () => {
    let now = NOW;
    const acme = openAcme({ now: () => now });
    await acme.merge(acmeBody());
    now += DAY;
    await acme.merge(changed(acmeBody(), node('net', 'acme_network', { cidr: '10.1.0.0/16' })));
    now += DAY;

    expect(acme.node('net').reported).toMatchObject({
      ctime: '2024-03-10T00:00:00Z',
      mtime: '2024-03-11T00:00:00Z',
      age: '2d',
      last_update: '1d',
    });
    expect(acme.node('a').reported).toMatchObject({ ctime: '2024-03-01T00:00:00Z', age: '11d' });
    expect(acme.node('a').reported).toMatchObject({ mtime: '2024-03-01T00:00:00Z', last_update: '11d' });
    expect(acme.node('root').reported).not.toHaveProperty('ctime');
  });

  test('ages have at most two units', async () => {
    const acme = openAcme();

    await acme.merge(changed(acmeBody(), node('a', 'acme_box', { ctime: '2022-01-05T10:20:30Z' })));

    expect(acme.node('a').reported['age']).toBe('2yr2mo');
  });

  test('the nearest ancestors, the node itself included', async () => {
    const acme = openAcme();

    await acme.merge(acmeBody());

    expect(acme.node('net').ancestors).toEqual({
      cloud: { reported: { id: 'acme', name: 'acme' } },
      account: { reported: { id: 'acc', name: 'account acc' } },
      region: { reported: { id: 'eu', name: 'eu' } },
    });
    expect(Object.keys(acme.node('acc').ancestors ?? {})).toEqual(['cloud', 'account']);
    expect(acme.node('root')).not.toHaveProperty('ancestors');
  });

  test('counts of descendants on owners, over all accounts of a cloud', async () => {
    const acme = openAcme();

    await acme.merge(acmeBody());
    await acme.merge(acmeBody([], 'two'));
    await acme.merge(without(acmeBody(), 'net'));

    expect(acme.node('eu').metadata).toEqual({
      descendant_summary: { acme_box: 2, acme_big_box: 1 },
      descendant_count: 3,
    });
    expect(acme.node('acc').metadata).toMatchObject({ replace: true, descendant_count: 4 });
    expect(acme.node('acme').metadata).toMatchObject({
      descendant_summary: { acme_account: 2, acme_region: 2, acme_box: 4, acme_big_box: 2, acme_network: 1 },
    });
    expect(acme.node('a')).not.toHaveProperty('metadata');
  });

  test.each<[string, JsonObject, string | undefined]>([
    ['a time', { 'resoto:expires': '2024-05-01T00:00:00Z' }, '2024-05-01T00:00:00Z'],
    ['a duration', { 'resoto:expiration': '2d' }, '2024-03-03T00:00:00Z'],
    ['a duration without prefix', { expiration: '1h' }, '2024-03-01T01:00:00Z'],
    ['a tag of the other generation', { 'fix:expires': '2024-05-01T00:00:00Z' }, undefined],
    ['nonsense', { 'resoto:expires': 'soon', expiration: 'later' }, undefined],
  ])('the expiry a tag sets: %s', async (_, tags, expires) => {
    const acme = openAcme();

    await acme.merge(changed(acmeBody(), node('a', 'acme_box', { tags, ctime: '2024-03-01T00:00:00Z' })));

    expect(acme.node('a').metadata?.['expires']).toBe(expires);
    expect(await acme.ids('/metadata.expires > 2024-01-01T00:00:00Z')).toEqual(expires === undefined ? [] : ['a']);
  });

  test('ages of metadata', async () => {
    const acme = openAcme();
    const metadata = { replace: true, exported_at: '2024-03-09T22:00:00Z' };

    await acme.merge(changed(acmeBody(), node('acc', 'acme_account', {}, { metadata })));

    expect(acme.node('acc').metadata).toMatchObject({ exported_age: '2h' });
    expect(await acme.ids('/metadata.exported_age > 1h')).toEqual(['acc']);
  });
});

describe('in the fix generation', () => {
  test('edges carry data, and a change of it counts', async () => {
    const acme = openAcme({ generation: 'fix' });
    const iam = (level: string): JsonObject => ({ ...edge('a', 'b', 'iam'), reported: { level } });
    await acme.merge(acmeBody([iam('read')]));

    const result = await acme.merge(acmeBody([iam('write')]));

    expect(result).toMatchObject({ edges_created: 0, edges_updated: 1, edges_deleted: 0 });
    expect(await acme.edges('id(a) -iam[0:1]->')).toEqual([
      { type: 'edge', from: 'a', to: 'b', edge_type: 'iam', reported: { level: 'write' } },
    ]);
    expect(await acme.ids('id(a) -iam[1:]{reported.level = write}->')).toEqual(['b']);
    expect(await acme.ids('id(a) -iam[1:]{reported.level = read}->')).toEqual([]);
  });

  test('a change of the bases of a kind updates its nodes', async () => {
    const acme = openAcme({ generation: 'fix' });
    await acme.merge(acmeBody());
    acme.store.model('g').patch([{ fqn: 'acme_region', bases: ['region', 'network'] }]);

    expect(await acme.merge(acmeBody())).toMatchObject({ nodes_updated: 1 });
  });
});

describe('at the same time', () => {
  test('two accounts of a cloud are imported', async () => {
    const acme = openAcme();

    await Promise.all([acme.merge(acmeBody()), acme.merge(acmeBody([], 'two')), acme.merge(acmeBody([], 'three'))]);

    expect(await acme.ids('is(account) sort id')).toEqual(['acc', 'three', 'two']);
    expect(await acme.ids('is(cloud)')).toEqual(['acme']);
    expect(acme.node('acme').metadata).toMatchObject({ descendant_summary: { acme_account: 3 } });
  });

  test('one account is imported once, and the other import is told', async () => {
    const acme = openAcme();

    const results = await Promise.allSettled([acme.merge(acmeBody()), acme.merge(acmeBody())]);

    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(results[1]).toMatchObject({ reason: { code: 'import_conflict' } });
    expect(await acme.ids('is(acme_box)')).toEqual(['a', 'b', 'c']);
  });
});

test('a graph in a file is there again after a restart, with growing revisions', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'embedded-core-'));
  const file = join(directory, 'core.db');
  const first = openAcme({ file });
  await first.merge(acmeBody());
  const before = await first.everything();
  const { revision = '' } = first.node('a');
  first.database.close();

  const second = openAcme({ file });

  expect(await second.everything()).toBe(before);
  await second.merge(changed(acmeBody(), node('a', 'acme_box', { cores: 8 })));
  expect(String(second.node('a').revision) > revision).toBe(true);
  second.database.close();
  rmSync(directory, { recursive: true, force: true });
});
