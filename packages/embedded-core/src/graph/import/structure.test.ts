import { describe, expect, test } from '@jest/globals';
import {
  analyse,
  ROLE_MISSING,
  ROLE_ORGANIZATIONAL_ROOT,
  ROLE_OWNER,
  ROLE_REPLACE,
  type Broken,
  type Structure,
} from './structure.ts';

const CLOUD = ROLE_OWNER.cloud;
const ACCOUNT = ROLE_OWNER.account | ROLE_REPLACE;
const REGION = ROLE_OWNER.region;

/** Roles by node, and edges as [from, to] or [from, to, type]. */
function structureOf(roles: readonly number[], edges: readonly (readonly number[])[]): Structure | Broken {
  return analyse({
    roles: Int32Array.from(roles),
    from: Int32Array.from(edges, ([from]) => from ?? -1),
    to: Int32Array.from(edges, ([, to]) => to ?? -1),
    types: Int32Array.from(edges, ([, , type]) => type ?? 0),
  });
}

function sound(roles: readonly number[], edges: readonly (readonly number[])[]): Structure {
  const structure = structureOf(roles, edges);
  if ('reason' in structure) throw new Error(structure.reason);
  return structure;
}

test('finds root, replace nodes, their parents and the owners of all nodes', () => {
  const structure = sound(
    [0, CLOUD, ACCOUNT, REGION, 0],
    [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
    ],
  );

  expect(structure).toMatchObject({ root: 0, replace: [2], parents: [1, 0] });
  expect([...structure.owners.cloud]).toEqual([-1, 1, 1, 1, 1]);
  expect([...structure.owners.account]).toEqual([-1, -1, 2, 2, 2]);
  expect([...structure.owners.region]).toEqual([-1, -1, -1, 3, 3]);
  expect([...structure.owners.zone]).toEqual([-1, -1, -1, -1, -1]);
});

describe('owners', () => {
  test('the nearest one wins', () => {
    const structure = sound(
      [0, ACCOUNT, REGION, REGION, 0],
      [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
        [2, 4],
        [1, 4],
      ],
    );

    expect(structure.owners.region[4]).toBe(3);
  });

  test('of two equally near ones the one whose edge came first wins', () => {
    expect(
      sound(
        [0, ACCOUNT, REGION, REGION, 0],
        [
          [0, 1],
          [1, 2],
          [1, 3],
          [3, 4],
          [2, 4],
        ],
      ).owners.region[4],
    ).toBe(3);
  });

  test('delete edges do not count', () => {
    expect(
      sound(
        [0, ACCOUNT, REGION, 0],
        [
          [0, 1],
          [1, 2],
          [1, 3],
          [2, 3, 1],
        ],
      ).owners.region[3],
    ).toBe(-1);
  });

  test('what hangs on a replace node by a delete edge alone belongs to it', () => {
    expect(
      sound(
        [0, ACCOUNT, 0],
        [
          [0, 1],
          [1, 2, 1],
        ],
      ).owners.account[2],
    ).toBe(1);
  });
});

describe('replace nodes', () => {
  test('marks below a replace node have no effect', () => {
    expect(
      sound(
        [0, ACCOUNT, REGION | ROLE_REPLACE],
        [
          [0, 1],
          [1, 2],
        ],
      ).replace,
    ).toEqual([1]);
  });

  test('several ones beside each other are allowed', () => {
    expect(
      sound(
        [0, ACCOUNT, ACCOUNT],
        [
          [0, 1],
          [0, 2],
        ],
      ).replace,
    ).toEqual([1, 2]);
  });

  test('edges back to nodes above them are allowed', () => {
    expect(
      sound(
        [0, CLOUD, ACCOUNT, ACCOUNT, 0],
        [
          [0, 1],
          [1, 2],
          [1, 3],
          [2, 4],
          [4, 1, 1],
        ],
      ).replace,
    ).toEqual([2, 3]);
  });
});

test.each<[string, readonly number[], readonly (readonly number[])[], RegExp, readonly number[]]>([
  [
    'an edge to a node without line',
    [0, ACCOUNT, ROLE_MISSING],
    [
      [0, 1],
      [1, 2],
    ],
    /no line/,
    [2],
  ],
  ['two roots', [0, ACCOUNT, 0], [[0, 1]], /2 roots/, [0, 2]],
  [
    'no root',
    [0, ACCOUNT],
    [
      [0, 1],
      [1, 0],
    ],
    /without incoming/,
    [],
  ],
  [
    'an edge of another type to the root',
    [0, ACCOUNT],
    [
      [0, 1],
      [1, 0, 1],
    ],
    /without incoming/,
    [],
  ],
  [
    'a cycle of default edges',
    [0, ACCOUNT, 0, 0],
    [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 2],
    ],
    /cycle/,
    [2, 3, 2],
  ],
  [
    'an edge from a node to itself',
    [0, ACCOUNT, 0],
    [
      [0, 1],
      [1, 2],
      [2, 2],
    ],
    /cycle/,
    [2, 2],
  ],
  [
    'no replace node',
    [0, CLOUD, 0],
    [
      [0, 1],
      [1, 2],
    ],
    /metadata.replace/,
    [0],
  ],
  [
    'a node below two replace nodes',
    [0, ACCOUNT, ACCOUNT, 0],
    [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3],
    ],
    /two replace/,
    [3, 2, 1],
  ],
  [
    'overlap by a delete edge',
    [0, ACCOUNT, ACCOUNT, 0],
    [
      [0, 1],
      [0, 2],
      [1, 3],
      [2, 3, 1],
    ],
    /two replace/,
    [3, 2, 1],
  ],
  [
    'a replace node below another',
    [0, ACCOUNT, ACCOUNT],
    [
      [0, 1],
      [0, 2],
      [1, 2],
    ],
    /two replace/,
    [2, 2, 1],
  ],
  [
    'two organizational roots',
    [0, ROLE_ORGANIZATIONAL_ROOT, ROLE_ORGANIZATIONAL_ROOT, ACCOUNT],
    [
      [0, 1],
      [0, 2],
      [0, 3],
    ],
    /organizational_root/,
    [1, 2],
  ],
])('refuses %s', (_, roles, edges, reason, nodes) => {
  const structure = structureOf(roles, edges);

  expect(structure).toEqual({ reason: expect.stringMatching(reason), nodes });
});

test('a cycle of other edges is no cycle', () => {
  expect(
    sound(
      [0, ACCOUNT, 0, 0],
      [
        [0, 1],
        [1, 2],
        [1, 3],
        [2, 3, 1],
        [3, 2, 1],
      ],
    ).root,
  ).toBe(0);
});

test('a chain of a hundred thousand nodes is no problem', () => {
  const count = 100_000;
  const edges = Array.from({ length: count - 1 }, (_, index) => [index, index + 1]);

  expect(sound([0, ACCOUNT, ...Array.from({ length: count - 2 }, () => 0)], edges).owners.account.at(-1)).toBe(1);
});
