import { describe, expect, test } from '@jest/globals';

import { nodeIdBytes } from '../protocol/node-id.ts';
import { EdgeTable } from './edge-table.ts';
import { IdTable } from './id-table.ts';
import { none, NumberList, uint32List } from './number-list.ts';
import { PairTable } from './pair-table.ts';

const many = 50_000;

describe('a list of numbers', () => {
  test('keeps what was pushed and set over many chunks', () => {
    const list = new NumberList((length) => new Float64Array(length));
    for (let index = 0; index < many; index += 1) list.push(index * 1e6);

    list.set(40_000, -1);

    expect(list.length).toBe(many);
    expect([0, 16_383, 16_384, 40_000, many - 1].map((index) => list.get(index))).toEqual([
      0, 16_383e6, 16_384e6, -1, 49_999e6,
    ]);
  });
});

describe('a table of ids', () => {
  test('numbers keys in their order and finds them again after it has grown', () => {
    const table = new IdTable();
    for (let key = 0; key < many; key += 1) table.add(digest(key));

    const found = Array.from({ length: many }, (_, key) => table.find(digest(key)));

    expect(table.size).toBe(many);
    expect(found).toEqual(Array.from({ length: many }, (_, key) => key));
    expect(table.find(digest(many))).toBeUndefined();
  });

  test('gives a key it has the same number', () => {
    const table = new IdTable();
    table.add(digest(1));
    table.add(digest(2));

    expect(table.add(digest(1))).toBe(0);
    expect(table.size).toBe(2);
  });

  test('tells keys apart whose first bits are equal', () => {
    const table = new IdTable();
    const first = new Uint8Array(16);
    const second = Uint8Array.from({ length: 16 }, (_, at) => (at === 15 ? 1 : 0));

    expect([table.add(first), table.add(second), table.find(second)]).toEqual([0, 1, 1]);
  });
});

describe('a table of pairs', () => {
  test('takes each pair once, in both directions', () => {
    const table = new PairTable();
    for (let number = 0; number < many; number += 1) table.add(number, number + 1);

    expect([table.add(7, 8), table.add(8, 7), table.add(many, many + 1)]).toEqual([false, true, true]);
    expect(table.find(40_000, 40_001)).toBe(40_000);
    expect(table.size).toBe(many + 2);
  });

  test('forgets a removed pair and still grows', () => {
    const table = new PairTable();
    table.add(1, 2);
    table.remove(0);
    table.remove(0);

    for (let number = 0; number < many; number += 1) table.add(number, number + 1);

    expect(table.first(0)).toBe(none);
    expect(table.find(1, 2)).toBe(2);
    expect(table.size).toBe(many);
  });
});

describe('a table of edges', () => {
  test('counts an edge from the parent once, whichever way it came', () => {
    const parents = uint32List();
    for (let node = 0; node < 3; node += 1) parents.push(none);
    const table = new EdgeTable(parents);

    table.add(0, 2);
    table.setParent(1, 0);
    table.setParent(2, 0);

    expect([table.add(0, 1), table.add(0, 2), table.add(1, 2)]).toEqual([false, false, true]);
    const edges: number[][] = [];
    table.forEach((_edge, from, to) => edges.push([from, to]));
    expect(edges).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    expect(table.size).toBe(3);
  });
});

function digest(key: number): Uint8Array {
  return nodeIdBytes(['key', key]);
}
