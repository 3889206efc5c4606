import { describe, expect, test } from '@jest/globals';

import { base } from '../kinds/base-kinds.ts';
import {
  any,
  boolean,
  datetime,
  dictionary,
  double,
  duration,
  int64,
  kind,
  list,
  object,
  value,
} from '../kinds/declare.ts';
import { modelJson } from '../kinds/model.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { KindJson } from '../protocol/model-json.ts';
import { graphProblems, type GraphLines } from './graph-problems.ts';
import { modelProblems } from './model-problems.ts';

const part = value('acme_part', { weight: int64(undefined, { required: true }) });
const account = kind('acme_account', [base.account], { pythonType: 'acme.Account' });
const box = kind('acme_box', [base.volume], {
  pythonType: 'acme.Box',
  properties: {
    full: boolean(),
    ratio: double(),
    opened: datetime(),
    lasts: duration(),
    parts: list(part),
    main_part: object(part),
    sizes: dictionary('int64'),
    notes: any(),
    words: list('string'),
  },
});
const model = modelJson([account, box]);

const root = node('root', { kind: 'graph_root', id: 'root' });
const cloud = node('cloud', { kind: 'cloud', id: 'acme' });
const good: GraphLines = {
  nodes: [root, cloud, node('account', { kind: 'acme_account', id: 'a' }, { replace: true }), boxNode('box-1')],
  edges: [
    { from: 'root', to: 'cloud' },
    { from: 'cloud', to: 'account' },
    { from: 'account', to: 'box-1' },
  ],
  deferredEdges: [{ from_selector: { node_id: 'box-1' }, to_selector: { search_criteria: 'is(acme_box)' } }],
};

test('a good graph has no problems', () => {
  expect(problems({})).toEqual([]);
});

describe('a node', () => {
  test('has the properties of its kind with values of their types', () => {
    const right = {
      tags: { owner: 'me' },
      volume_status: 'available',
      full: true,
      ratio: 1.5,
      opened: '2024-03-01T10:00:00Z',
      lasts: '1h',
      parts: [{ weight: 1 }],
      main_part: { weight: 12345678901234567890n },
      sizes: { a: 1 },
      notes: [{ any: 'thing' }],
      words: ['a', null],
    };

    expect(problems({ nodes: withBox(right) })).toEqual([]);
  });

  test.each([
    [{ color: 'red' }, 'color is not declared'],
    [{ age: '1d' }, 'age is computed by the core'],
    [{ volume_size: '12' }, 'volume_size is no int64'],
    [{ volume_size: 1.5 }, 'volume_size is no int64'],
    [{ volume_status: 'odd' }, 'volume_status is no volume_status'],
    [{ full: 'true' }, 'full is no boolean'],
    [{ opened: '2024-03-01' }, 'opened is no datetime'],
    [{ lasts: 'long' }, 'lasts is no duration'],
    [{ parts: { weight: 1 } }, 'parts is no list'],
    [{ parts: [{}] }, 'parts[0].weight is required'],
    [{ parts: [null] }, 'parts[0] is no acme_part'],
    [{ main_part: 'heavy' }, 'main_part is no acme_part'],
    [{ sizes: { a: 'b' } }, 'sizes.a is no int64'],
    [{ name: null }, 'name is no string'],
    [{ kind: 'acme_part' }, 'kind "acme_part" is unknown'],
  ] satisfies [JsonObject, string][])('%j is reported', (reported, problem) => {
    expect(problems({ nodes: withBox(reported) })).toEqual([expect.stringContaining(problem)]);
  });

  test('has sections that are objects', () => {
    const nodes = [...good.nodes.slice(0, 3), JSON.parse(JSON.stringify({ ...boxNode('box-1'), usage: null }))];

    expect(problems({ nodes })).toEqual([expect.stringContaining('section usage is no object')]);
  });
});

describe('the structure', () => {
  test('has one root', () => {
    const nodes = [...good.nodes, boxNode('box-2')];

    expect(problems({ nodes })).toEqual([expect.stringContaining('one node without parent')]);
  });

  test('has nodes for all edges, of types the core knows', () => {
    const edges = [...good.edges, { from: 'account', to: 'nobody' }];

    expect(problems({ edges })).toEqual(['edge account → nobody has no node nobody']);
    expect(problems({ edges: [...good.edges, { from: 'account', to: 'box-1', edge_type: 'iam' as const }] })).toEqual([
      'edge account → box-1 has the unknown type iam',
    ]);
  });

  test('has ids that are unique', () => {
    expect(problems({ nodes: [boxNode('box-1'), ...good.nodes] })).toEqual(['two nodes have the id box-1']);
  });

  test('has no cycle', () => {
    const nodes = [...good.nodes, boxNode('box-2')];
    const cycle = [
      { from: 'box-1', to: 'box-2' },
      { from: 'box-2', to: 'box-1' },
    ];

    expect(problems({ nodes, edges: [...good.edges, ...cycle] })).toEqual([
      'default edges have a cycle around box-1, box-2',
    ]);
    expect(problems({ nodes, edges: [...good.edges, { from: 'box-1', to: 'box-2' }] })).toEqual([]);
  });

  test('replaces something, and nothing twice', () => {
    const other = node('other', { kind: 'acme_account', id: 'b' }, { replace: true });
    const edges = [...good.edges, { from: 'cloud', to: 'other' }, { from: 'other', to: 'box-1' }];

    expect(problems({ nodes: good.nodes.map((line) => ({ ...line, metadata: {} })) })).toEqual([
      'no node is marked to be replaced',
    ]);
    expect(problems({ nodes: [...good.nodes, other], edges })).toEqual([expect.stringContaining('box-1 is below')]);
    expect(
      problems({ nodes: good.nodes.map((line) => (line === root ? { ...root, metadata: { replace: true } } : line)) }),
    ).toEqual(expect.arrayContaining([expect.stringContaining('cannot be replaced')]));
  });

  test('has deferred edges with one selector at each end', () => {
    const deferredEdges = [{ from_selector: { node_id: '' }, to_selector: { search_criteria: 'all' } }];

    expect(problems({ deferredEdges })).toEqual([expect.stringContaining('has a wrong selector')]);
  });
});

describe('a model', () => {
  test('is complete', () => {
    const odd: KindJson = {
      fqn: 'acme_odd',
      bases: ['acme_base'],
      properties: [{ name: 'shelves', kind: 'dictionary[string, acme_shelf[]]' }],
      successor_kinds: { default: ['acme_door'] },
    };

    expect(modelProblems([...model, odd], 'resoto')).toEqual([
      'base acme_base of acme_odd is unknown',
      'successor acme_door of acme_odd is unknown',
      'kind of shelves acme_shelf of acme_odd is unknown',
    ]);
  });

  test('has each kind once, under a name the core takes', () => {
    const odd: KindJson = { fqn: '1-box', bases: ['resource'] };

    expect(modelProblems([...model, odd, odd], 'resoto')).toEqual(
      expect.arrayContaining(['1-box is there twice', '1-box is no name of a kind']),
    );
  });

  test('has one type per property path', () => {
    const odd: KindJson = { fqn: 'acme_odd', bases: ['resource'], properties: [{ name: 'full', kind: 'string' }] };
    const loose: KindJson = { fqn: 'acme_odd', bases: ['resource'], properties: [{ name: 'full', kind: 'any' }] };

    expect(modelProblems([...model, odd], 'resoto')).toEqual(['full is boolean in acme_box and string in acme_odd']);
    expect(modelProblems([...model, loose], 'resoto')).toEqual([]);
  });

  test('of the fix generation declares no property of a base again', () => {
    const odd: KindJson = { fqn: 'acme_odd', bases: ['acme_box'], properties: [{ name: 'name', kind: 'string' }] };
    const fixModel = modelJson([account, box], 'fix');

    expect(modelProblems(fixModel, 'fix')).toEqual([]);
    expect(modelProblems([...fixModel, odd], 'fix')).toEqual([
      'acme_odd declares name, which its base resource declares',
    ]);
    expect(modelProblems([...fixModel, odd], 'resoto')).toEqual([]);
  });
});

function problems(change: Partial<GraphLines>): string[] {
  return graphProblems({ ...good, ...change }, model, 'resoto');
}

function node(id: string, reported: JsonObject, metadata: JsonObject = {}) {
  return { id, reported: { name: id, ...reported }, metadata };
}

function boxNode(id: string, reported: JsonObject = {}) {
  return node(id, { kind: 'acme_box', id, ...reported });
}

function withBox(reported: JsonObject): GraphLines['nodes'] {
  return [...good.nodes.slice(0, 3), boxNode('box-1', reported)];
}
