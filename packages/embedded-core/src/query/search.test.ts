import { beforeAll, describe, expect, test } from '@jest/globals';
import { acmeBody, edge, failure, node, openAcme, REPLACE, type Acme } from '../../test/acme.ts';

let acme: Acme;

beforeAll(async () => {
  acme = openAcme();
  await acme.merge(acmeBody());
  await acme.store.patchNodes('g', [
    { id: 'a', desired: { clean: true } },
    { id: 'b', metadata: { protected: true } },
    { id: 'c', metadata: { cleaned: true, list: ['x', 'y'] } },
  ]);
});

test.each<[string, string]>([
  // kinds and ids
  ['all', 'root acme acc eu a b c net'],
  ['is(acme_box)', 'a b c'],
  ['is(acme_big_box)', 'c'],
  ['is(resource)', 'acme acc eu a b c net'],
  ['is(graph_root, network)', 'root net'],
  ['is([acme_big_box, acme_network])', 'c net'],
  ['not is(resource)', 'root'],
  ['id(a, c, nothing)', 'a c'],
  ['not id(a) and is(acme_box)', 'b c'],
  ['is(acme_box) and not id(a, b)', 'c'],
  // properties
  ['cores = 2', 'b'],
  ['cores = "2"', 'b'],
  ['cores > 1', 'b c'],
  ['cores >= 2 and cores < 16', 'b'],
  ['cores <= 1', 'a'],
  ['cores != 1 and is(acme_box)', 'b c'],
  ['cores == null', 'root acme acc eu net'],
  ['cores in [1, "16"]', 'a c'],
  ['cores not in [1]', 'b c'],
  ['cores in []', ''],
  ['crane = yes', 'c'],
  ['crane != true and is(acme_box)', 'a b'],
  ['color =~ "^RE"', 'a'],
  ['color !~ "^RE" and is(acme_box)', 'a b c'],
  ['color !~ "^re" and is(acme_box)', 'b c'],
  ['tags.owner = jane', 'a'],
  ['tags.owner != null', 'a'],
  ['/reported.tags.owner = jane', 'a'],
  ['ports[*] = 80', 'b'],
  ['ports[] > 100', 'b'],
  ['ports[1] = 443', 'b'],
  ['ports[0] = 443', ''],
  ['ports any = 443', 'b'],
  ['ports all > 79 and ports != null', 'b'],
  ['ports all > 100 and is(acme_box)', 'a c'],
  ['ports none = 443 and is(acme_box)', 'a c'],
  ['ports = [80, 443]', 'b'],
  ['disks[*].size > 15', 'c'],
  ['disks[0].size = 10', 'c'],
  ['disks[*].label = data', 'c'],
  ['disks[1].label = "data"', 'c'],
  ['id = a', 'a'],
  ['id in [a, "b"]', 'a b'],
  ['kind = acme_box', 'a b'],
  ['nothing.at.all = null and is(network)', 'net'],
  // logic
  ['cores = 1 or cores = 2 and color = blue', 'b'],
  ['cores = 1 or (cores = 2 and color = blue)', 'a b'],
  ['not (cores = 1 or cores = 2) and is(acme_box)', 'c'],
  // sections
  ['/desired.clean == true', 'a'],
  ['/desired.clean != true and is(acme_box)', 'b c'],
  ['/metadata.protected = true', 'b'],
  ['/metadata.cleaned == true', 'c'],
  ['/metadata.cleaned != true and is(acme_box)', 'a b'],
  ['/metadata.list[*] = y', 'c'],
  ['/metadata.descendant_count > 0', 'acme acc eu'],
  ['/metadata.descendant_summary.acme_box = 2', 'acme acc eu'],
  ['/metadata.replace = true', 'acc'],
  ['/id = a', 'a'],
  // times and ages
  ['ctime < 2024-03-05T00:00:00Z', 'a'],
  ['ctime < 2024-03-05', 'a'],
  ['ctime < "2024-03-05T00:00:00+00:00" and is(acme_box)', 'a'],
  ['ctime < -3d', 'a'],
  ['age > 3d', 'a'],
  ['age < 3d and is(acme_box)', 'b c'],
  ['age >= 9d', 'a'],
  ['is(acme_box) and age <= 1d', 'b c'],
  ['last_update < 1h and is(network)', 'net'],
  // ancestors
  ['account = "account acc" and is(acme_box)', 'a b c'],
  ['account.id = acc and is(network)', 'net'],
  ['cloud = acme and is(account)', 'acc'],
  ['region != null and is(acme_box)', 'a b c'],
  ['zone = null and id(a, b)', 'a b'],
  ['/ancestors.account.reported.id = acc and is(acme_box)', 'a b c'],
  ['/ancestors.cloud.reported.id in ["acme", "other"] and cores = 1', 'a'],
  ['/ancestors.cloud.reported.id in ["other"]', ''],
  ['/ancestors.account.reported.id = acc and is(account)', 'acc'],
  ['/ancestors.account.reported.id != acc', 'root acme'],
  ['/ancestors.acme_big_box.reported.cores = 16', 'net'],
  ['/ancestors.graph_root.reported.name = root and id(net)', 'net'],
  // navigation
  ['is(region) -->', 'a b c'],
  ['is(region) <--', 'acc'],
  ['is(region) <-->', 'acc a b c'],
  ['is(region) -[0:1]->', 'eu a b c'],
  ['is(region) -[2]->', 'net'],
  ['is(region) -[1:]->', 'a b c net'],
  ['is(region) -[2:]-> is(network)', 'net'],
  ['id(net) <-[0:]-', 'net c eu acc acme root'],
  ['id(net) -delete->', 'b'],
  ['id(b) <-delete-', 'net'],
  ['id(b) <-[0:]delete-', 'b net'],
  ['id(c) -default,delete->', 'net'],
  ['id(c) -default->  -delete->', 'b'],
  ['id(net) <-default[0:]delete->', 'net c eu acc acme root b'],
  ['id(net) <-default[1:]delete->', 'c eu acc acme root b'],
  ['is(account) --> is(region) --> is(acme_big_box) -->', 'net'],
  ['is(acme_box) <--', 'eu'],
  ['is(acme_box) sort cores desc limit 1 -->', 'net'],
  // sort and limit
  ['is(acme_box) sort cores desc', 'c b a'],
  ['is(acme_box) sort color, cores', 'c b a'],
  ['is(acme_box) sort color desc, cores desc', 'a b c'],
  ['is(acme_box) sort age', 'c b a'],
  ['is(acme_box) sort age desc', 'a b c'],
  ['is(acme_box) sort /ancestors.region.reported.id, cores desc', 'c b a'],
  ['is(acme_box) limit 2', 'a b'],
  ['is(acme_box) limit 1, 5', 'b c'],
  ['is(acme_box) sort cores desc limit 1, 1', 'b'],
  ['limit 0', ''],
])('%s', async (query, expected) => {
  expect((await acme.ids(query)).join(' ')).toBe(expected);
});

test('owners may be asked for while there is no model', async () => {
  acme.store.create('empty');

  const { rows } = await acme.store.search('empty', '/ancestors.cloud.reported.id = acme', { section: 'reported' });

  const found = [];
  for await (const row of rows) found.push(row);
  expect(found).toEqual([]);
});

test.each<[string, RegExp]>([
  ['is(acme_bux)', /kind acme_bux does not exist/],
  ['/ancestors.acme_bux.reported.id = 1', /kind acme_bux does not exist/],
  ['cores > many', /many cannot be compared, expected int32/],
  ['ctime > soon', /datetime/],
  ['age > old', /duration such as 3d/],
  ['crane = perhaps', /boolean/],
  ['name =~ "("', /regular expression/],
  ['name = {{who}}', /no value who/],
])('refuses %s before the first row', async (query, reason) => {
  const error = await failure(() => acme.store.search('g', query, { section: 'reported' }));

  expect(error.code).toBe('invalid_query');
  expect(error.message).toMatch(reason);
});

describe('options', () => {
  test('paths are absolute without section', async () => {
    expect(await acme.ids('reported.cores = 2', { section: '/' })).toEqual(['b']);
    expect(await acme.ids('desired.clean = true', { section: '' })).toEqual(['a']);
  });

  test('paths refer to the section', async () => {
    expect(await acme.ids('clean = true', { section: 'desired' })).toEqual(['a']);
    expect(await acme.ids('protected = true', { section: 'metadata' })).toEqual(['b']);
  });

  test('edge types stand in for a navigation without type', async () => {
    expect(await acme.ids('id(net) -->', { edgeType: 'delete' })).toEqual(['b']);
    expect(await acme.ids('id(net) <-->', { edgeType: 'default,delete' })).toEqual(['c', 'b']);
    expect((await failure(() => acme.ids('id(net) -->', { edgeType: 'iam' }))).code).toBe('invalid_query');
  });

  test('templates take their values', async () => {
    expect(await acme.ids('cores = {{ n }}', { variables: { n: '2' } })).toEqual(['b']);
  });

  test('a default order holds when the query has none', async () => {
    const defaultSort = ['/reported.kind', '/reported.name', '/reported.id'];

    expect(await acme.ids('is(acme_box)', { defaultSort })).toEqual(['c', 'a', 'b']);
    expect(await acme.ids('is(acme_box) sort cores', { defaultSort })).toEqual(['a', 'b', 'c']);
  });

  test('counts tell about the part that was cut off', async () => {
    const { count, totalCount } = await acme.store.search('g', 'is(acme_box) limit 2');

    expect({ count, totalCount }).toEqual({ count: 2, totalCount: 3 });
  });

  test('a cancelled search ends', async () => {
    const controller = new AbortController();
    controller.abort(Object.assign(new Error('gone'), { code: 'gone' }));

    const error = await failure(() => acme.ids('is(acme_box) and cores > 1', { signal: controller.signal }));

    expect(error.code).toBe('gone');
  });
});

describe('edges', () => {
  test('come with the nodes, and only between them', async () => {
    expect(await acme.edges('is(acme_big_box) -[0:]->')).toEqual([
      { type: 'edge', from: 'c', to: 'net', edge_type: 'default' },
    ]);
  });

  test('are those of the types the query walks', async () => {
    const edges = await acme.edges('id(b) <-default,delete[0:]->');

    expect(edges).toContainEqual({ type: 'edge', from: 'net', to: 'b', edge_type: 'delete' });
    expect(edges).toContainEqual({ type: 'edge', from: 'eu', to: 'b', edge_type: 'default' });
  });

  test('are all between the nodes when the query does not walk', async () => {
    expect(await acme.edges('id(net, b, c)')).toEqual([
      { type: 'edge', from: 'c', to: 'net', edge_type: 'default' },
      { type: 'edge', from: 'net', to: 'b', edge_type: 'delete' },
    ]);
  });
});

test('the selection of a cleanup gives marked nodes with all they hang together with', async () => {
  const query =
    '/desired.clean == true and /metadata.cleaned != true and /metadata.protected!=true ' +
    'and /ancestors.cloud.reported.id in ["acme", "other"] <-default,delete[0:]->';

  expect(await acme.ids(query)).toEqual(['a', 'eu', 'acc', 'acme', 'root']);
  expect(await acme.edges(query)).toHaveLength(4);
});

describe('walks', () => {
  let graph: Acme;

  /** a → b → c → d, a → c; delete: d → c → d, a cycle. */
  beforeAll(async () => {
    graph = openAcme();
    const boxes = ['a', 'b', 'c', 'd'].map((id) => node(id, 'acme_box'));
    await graph.merge([
      node('top', 'graph_root'),
      node('acc', 'account', {}, REPLACE),
      ...boxes,
      edge('top', 'acc'),
      edge('acc', 'a'),
      edge('a', 'b'),
      edge('b', 'c'),
      edge('c', 'd'),
      edge('a', 'c'),
      edge('d', 'c', 'delete'),
      edge('c', 'd', 'delete'),
    ]);
  });

  test.each<[string, string]>([
    ['id(a) -[1]->', 'b c'],
    ['id(a) -[2]->', 'c d'],
    ['id(a) -[3]->', 'd'],
    ['id(a) -[4]->', ''],
    ['id(a) -[0]->', 'a'],
    ['id(a) -[2:3]->', 'c d'],
    ['id(c) -delete[1:]->', 'd c'],
    ['id(c) -delete[0:]->', 'c d'],
    ['id(c) -delete[3]->', 'd'],
    ['id(c) -delete[250]->', 'c'],
    ['id(a, b) -->', 'b c'],
  ])('%s', async (query, expected) => {
    expect((await graph.ids(query)).join(' ')).toBe(expected);
  });

  test('never mix types', async () => {
    expect(await graph.ids('id(b) -default,delete[2:]->')).toEqual(['d']);
  });
});

test('a part of a body as ancestor of nodes of other kinds is found by a query with thousands of nodes', async () => {
  const many = openAcme();
  const boxes = Array.from({ length: 3000 }, (_, index) => node(`box-${index}`, 'acme_box', { cores: index }));
  const body = acmeBody([...boxes, ...boxes.map((_, index) => edge('eu', `box-${index}`))]);
  await many.merge(body);

  expect(await many.ids('is(acme_box) and cores >= 2998')).toEqual(['box-2998', 'box-2999']);
  expect(await many.ids('is(region) -[0:]-> is(acme_box) sort cores desc limit 2')).toEqual(['box-2999', 'box-2998']);
  expect(await many.edges('is(region) -->')).toHaveLength(0);
  expect(await many.edges('is(region) -[0:1]->')).toHaveLength(3003);
});
