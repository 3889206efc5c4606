import { describe, expect, test } from '@jest/globals';
import { rules, selection, type TestNode } from '../testing/cleanup-graph.ts';
import type { Rules } from './judge.ts';
import { makePlan, type CleanupPlan } from './plan.ts';

const box: TestNode = {};
const group: TestNode = { kind: 'acme_group' };
const groupRules = rules({ acme_box: {}, acme_group: { prepare: { breaks: ['acme_group'] } } });

describe('order', () => {
  test('what has to go first comes a wave earlier', () => {
    const plan = planOf({ net: box, vol: box, inst: box, alone: box }, ['net inst', 'vol inst']);

    expect(waves(plan)).toEqual({ inst: 1, alone: 1, net: 2, vol: 2 });
  });

  test('is kept through nodes that are not marked, and names them', () => {
    const plan = planOf({ top: box, mid: { marked: false }, leaf: box }, ['top mid', 'mid leaf']);

    expect(waves(plan)).toEqual({ leaf: 1, top: 2 });
    expect(warnings(plan)).toEqual({ top: ['should go first, but not marked: acme_box mid'] });
  });

  test('names a security group that is not marked and refers to one that is', () => {
    // The rule of the other one holds the marked one, whose own step cannot change it.
    const plan = planOf(
      { web: group, db: { ...group, marked: false }, inst: { marked: false } },
      ['web db', 'web inst'],
      groupRules,
    );

    expect(waves(plan)).toEqual({ web: 1 });
    expect(warnings(plan)).toEqual({ web: ['should go first, but not marked: acme_group db, acme_box inst'] });
  });

  test('names one that is not marked also where both refer to each other', () => {
    const plan = planOf({ web: group, db: { ...group, marked: false } }, ['web db', 'db web'], groupRules);

    expect(waves(plan)).toEqual({ web: 1 });
    expect(warnings(plan)).toEqual({ web: ['should go first, but not marked: acme_group db'] });
  });

  test('an edge to a node the core did not send is left out, and said so', () => {
    const plan = planOf({ a: box, b: box }, ['a missing', 'missing b', 'a b']);

    expect(waves(plan)).toEqual({ b: 1, a: 2 });
    expect(plan.warnings).toEqual(['2 edges lead to nodes the core did not send, and were left out']);
  });

  test('what was cleaned before holds nothing', () => {
    const plan = planOf(
      { top: box, gone: { metadata: { cleaned: true } }, other: { marked: false, metadata: { cleaned: true } } },
      ['top gone', 'top other'],
    );

    expect(waves(plan)).toEqual({ top: 1 });
    expect(warnings(plan)).toEqual({});
  });

  test('a node that refers to itself goes', () => {
    expect(waves(planOf({ a: box }, ['a a']))).toEqual({ a: 1 });
  });

  test('a node that waits for itself by way of one that stays goes', () => {
    const plan = planOf({ a: box, mid: { marked: false } }, ['a mid', 'mid a']);

    expect(waves(plan)).toEqual({ a: 1 });
  });
});

describe('what stays', () => {
  test('holds back what waits for it, and is named as the root cause (no. 2)', () => {
    const plan = planOf({ vpc: box, subnet: box, inst: { metadata: { protected: true } }, other: box }, [
      'vpc subnet',
      'subnet inst',
    ]);

    expect(waves(plan)).toEqual({ other: 1 });
    expect(verdicts(plan)).toEqual({
      inst: 'refused: it is protected',
      subnet: 'blocked: blocked by acme_box inst (refused: it is protected)',
      vpc: 'blocked: blocked by acme_box subnet, root cause acme_box inst (refused: it is protected)',
    });
  });

  test('holds back also through nodes that are not marked', () => {
    const plan = planOf({ top: box, mid: { marked: false }, leaf: { metadata: { protected: true } } }, [
      'top mid',
      'mid leaf',
    ]);

    expect(verdicts(plan)['top']).toBe('blocked: blocked by acme_box leaf (refused: it is protected)');
  });
});

describe('a cycle', () => {
  test('that no step breaks is spelled out at each of its nodes, and holds back what waits for it (no. 3)', () => {
    const plan = planOf({ a: box, b: box, c: box, d: box, z: box }, ['a b', 'b c', 'c a', 'd a']);

    expect(waves(plan)).toEqual({ z: 1 });
    expect(verdicts(plan)).toEqual({
      a: 'blocked: it is part of a cycle: acme_box a waits for acme_box b waits for acme_box c waits for acme_box a',
      b: 'blocked: it is part of a cycle: acme_box b waits for acme_box c waits for acme_box a waits for acme_box b',
      c: 'blocked: it is part of a cycle: acme_box c waits for acme_box a waits for acme_box b waits for acme_box c',
      d: expect.stringContaining('blocked by acme_box a (blocked: it is part of a cycle'),
    });
  });

  test('is broken by a step that cuts the tie', () => {
    const plan = planOf({ a: group, b: group, net: box }, ['a b', 'b a', 'net a', 'net b'], groupRules);

    expect(waves(plan)).toEqual({ a: 1, b: 1, net: 2 });
  });

  test('is broken where a step of one of its kinds allows it', () => {
    const plan = planOf({ g: group, other: group, b: box }, ['g other', 'other b', 'b g'], groupRules);

    expect(waves(plan)).toEqual({ g: 1, b: 2, other: 3 });
  });

  test('through a node that stays is one', () => {
    const plan = planOf({ a: box, mid: { marked: false }, b: box }, ['a mid', 'mid b', 'b a']);

    expect(verdicts(plan)['a']).toContain(
      'acme_box a waits for acme_box mid waits for acme_box b waits for acme_box a',
    );
  });

  test.each([
    ['one long cycle', (size: number) => ring(0, size)],
    ['many short ones', (size: number) => Array.from({ length: size / 4 }, (_, index) => ring(index * 4, 4)).flat()],
    ['a long one that a step breaks', (size: number) => ring(0, size), group],
    ['a long one with many shortcuts', (size: number) => [...ring(0, size), ...shortcuts(size)]],
  ])('is looked into with steps that grow as it does: %s', (_, edges, node: TestNode = box) => {
    const [few, many] = [2_000, 8_000].map((size) => {
      const nodes = Object.fromEntries(Array.from({ length: size }, (_node, index) => [`n${index}`, node]));
      return elementsOfArrays(() => planOf(nodes, edges(size), groupRules));
    });

    expect(many).toBeLessThan(5 * (few ?? 0));
  });

  test('of five thousand nodes does not exhaust the stack', () => {
    const ids = Array.from({ length: 5000 }, (_, index) => `n${index}`);
    const plan = planOf(
      Object.fromEntries(ids.map((id) => [id, box])),
      ids.map((id, index) => `${id} n${(index + 1) % 5000}`),
    );

    expect(plan.nodes.every(({ verdict }) => verdict?.outcome === 'blocked')).toBe(true);
    expect(plan.nodes[0]?.verdict?.reason).toContain('… (5000 nodes)');
  });
});

/** How much was made of the arrays in which a plan keeps its graph, the lists of edges of its nodes included. */
function elementsOfArrays(work: () => void): number {
  const { Uint32Array: usual } = globalThis;
  let elements = 0;
  globalThis.Uint32Array = class extends usual {
    constructor(...args: readonly []) {
      super(...args);
      elements += this.length;
    }
  };
  try {
    work();
    return elements;
  } finally {
    globalThis.Uint32Array = usual;
  }
}

/** Nodes in a circle, each waiting for the next. */
function ring(from: number, length: number): string[] {
  return Array.from({ length }, (_, index) => `n${from + index} n${from + ((index + 1) % length)}`);
}

function shortcuts(size: number): string[] {
  return Array.from({ length: size / 2 }, (_, index) => `n${index * 2} n${(index * 7) % size}`);
}

function planOf(
  nodes: Readonly<Record<string, TestNode>>,
  edges: readonly string[],
  given: Rules = rules(),
): CleanupPlan {
  return makePlan(selection(nodes, edges, given), given.clouds);
}

function waves({ nodes }: CleanupPlan): Record<string, number> {
  return Object.fromEntries(nodes.flatMap(({ node, wave }) => (wave === undefined ? [] : [[node.id, wave]])));
}

function warnings({ nodes }: CleanupPlan): Record<string, readonly string[]> {
  return Object.fromEntries(
    nodes.filter((node) => node.warnings.length > 0).map((node) => [node.node.id, node.warnings]),
  );
}

function verdicts({ nodes }: CleanupPlan): Record<string, string> {
  return Object.fromEntries(
    nodes.flatMap(({ node, verdict }) =>
      verdict === undefined ? [] : [[node.id, `${verdict.outcome}: ${verdict.reason}`]],
    ),
  );
}
