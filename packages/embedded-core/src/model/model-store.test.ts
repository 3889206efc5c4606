import { describe, expect, test } from '@jest/globals';
import type { Generation, JsonObject } from '@resoto/worker-core';
import { ACME_KINDS, failure } from '../../test/acme.ts';
import { openDatabase, type Database } from '../database.ts';
import { openModelStore, type ModelStore } from './model-store.ts';

function open(generation: Generation = 'resoto', database: Database = openDatabase()): ModelStore {
  return openModelStore({ database, generation, scope: 'test', ofNodes: true });
}

function acme(generation: Generation = 'resoto'): ModelStore {
  const store = open(generation);
  store.patch(ACME_KINDS);
  return store;
}

async function refused(store: ModelStore, kinds: readonly JsonObject[]): Promise<string> {
  const before = JSON.stringify(store.toJson());
  const { code, message } = await failure(() => store.patch(kinds));
  expect(code).toBe('invalid_model');
  expect(JSON.stringify(store.toJson())).toBe(before);
  return message;
}

describe('updates', () => {
  test('patch adds and replaces kinds and keeps the others', () => {
    const store = acme();

    store.patch([{ fqn: 'acme_network', bases: ['network'], properties: [{ name: 'mask', kind: 'string' }] }]);

    expect(store.has('acme_box')).toBe(true);
    expect([...store.current().propertiesOf('acme_network').keys()]).toContain('mask');
    expect([...store.current().propertiesOf('acme_network').keys()]).not.toContain('cidr');
  });

  test('put deletes what is not in the body, except predefined kinds', () => {
    const store = acme();

    store.put([{ fqn: 'thing', properties: [{ name: 'kind', kind: 'string' }] }]);

    expect(store.has('acme_box')).toBe(false);
    expect(store.has('thing')).toBe(true);
    expect(store.has('graph_root')).toBe(true);
    expect(store.has('datetime')).toBe(true);
  });

  test('the model survives in the database', () => {
    const database = openDatabase();
    open('resoto', database).patch(ACME_KINDS);

    expect(open('resoto', database).toJson()).toEqual(acme().toJson());
  });

  test('scopes do not see each other', () => {
    const database = openDatabase();
    open('resoto', database).patch(ACME_KINDS);

    expect(openModelStore({ database, generation: 'resoto', scope: 'other', ofNodes: true }).has('acme_box')).toBe(
      false,
    );
  });

  test('predefined kinds in the body are ignored', () => {
    const store = open();

    store.patch([{ fqn: 'graph_root', bases: ['nothing'] }]);

    expect(store.current().complex('graph_root')?.bases).toEqual([]);
  });

  test('gives all kinds by name', () => {
    expect(acme().toJson()).toMatchObject({ kinds: { acme_zip: { pattern: '[0-9]{5}' }, string: { fqn: 'string' } } });
  });
});

describe('rules', () => {
  test.each<[string, JsonObject, RegExp]>([
    ['a base', { fqn: 'x', bases: ['nowhere'] }, /unknown base nowhere/],
    ['a simple base', { fqn: 'x', bases: ['acme_color'] }, /unknown base acme_color/],
    ['a property kind', { fqn: 'x', properties: [{ name: 'p', kind: 'nowhere[]' }] }, /unknown kind nowhere/],
    ['a dictionary value', { fqn: 'x', properties: [{ name: 'p', kind: 'dictionary[string, nope]' }] }, /kind nope/],
    ['a successor', { fqn: 'x', bases: [], successor_kinds: { default: ['nope'] } }, /unknown successor nope/],
  ])('refuses %s that does not exist', async (_, kind, message) => {
    expect(await refused(acme(), [kind])).toMatch(message);
  });

  test('a put has to be complete in itself', async () => {
    const store = acme();

    const { code } = await failure(() => store.put([{ fqn: 'x', bases: ['resource'] }]));

    expect(code).toBe('invalid_model');
    expect(store.has('acme_box')).toBe(true);
  });

  test.each<[string, JsonObject]>([
    ['no name', { properties: [] }],
    ['a wrong name', { fqn: '1x', properties: [] }],
    ['neither bases nor properties', { fqn: 'x' }],
    ['an unreadable property kind', { fqn: 'x', properties: [{ name: 'p', kind: 'dictionary[string]' }] }],
    ['a property twice', { fqn: 'x', properties: ['a', 'a'].map((name) => ({ name, kind: 'string' })) }],
    ['an unknown runtime kind', { fqn: 'x', runtime_kind: 'text' }],
    ['a broken pattern', { fqn: 'x', runtime_kind: 'string', pattern: '(' }],
  ])('refuses a kind with %s', async (_, kind) => {
    expect(await refused(acme(), [kind])).not.toBe('');
  });

  test('refuses a kind that is its own base', async () => {
    expect(
      await refused(acme(), [
        { fqn: 'x', bases: ['y'] },
        { fqn: 'y', bases: ['x'] },
      ]),
    ).toMatch(/derived from itself/);
  });

  test.each<[string, JsonObject, RegExp]>([
    ['simple to complex', { fqn: 'acme_color', properties: [] }, /simple|string to complex/],
    ['text to number', { fqn: 'acme_zip', runtime_kind: 'int32' }, /string to number/],
    ['complex to simple', { fqn: 'acme_disk', runtime_kind: 'string' }, /complex to string/],
  ])('refuses to change a kind from %s', async (_, kind, message) => {
    expect(await refused(acme(), [kind])).toMatch(message);
  });

  test('lets a number change its width', () => {
    const store = acme();

    store.patch([{ fqn: 'acme_port', runtime_kind: 'int64' }]);

    expect(store.validate(70_000, 'acme_port')).toBe(70_000);
  });

  test('refuses one path with two kinds in two nodes', async () => {
    const kind = { fqn: 'x', bases: ['resource'], properties: [{ name: 'cores', kind: 'string' }] };

    expect(await refused(acme(), [kind])).toBe('Property cores is int32 in acme_box and string in x');
  });

  test('refuses one path with two kinds also below values, arrays and dictionaries', async () => {
    const value = { fqn: 'v', aggregate_root: false, properties: [{ name: 'size', kind: 'string' }] };
    const array = { fqn: 'x', bases: ['resource'], properties: [{ name: 'disks', kind: 'v[]' }] };
    const dictionary = {
      fqn: 'y',
      bases: ['resource'],
      properties: [{ name: 'disk_by_name', kind: 'dictionary[string, v]' }],
    };

    expect(await refused(acme(), [value, array])).toMatch(/disks\[\].size/);
    expect(await refused(acme(), [value, dictionary])).toMatch(/disk_by_name\.\*\.size/);
  });

  test('"any" is compatible with everything', () => {
    const store = acme();

    store.patch([{ fqn: 'x', bases: ['resource'], properties: [{ name: 'cores', kind: 'any' }] }]);

    expect(store.has('x')).toBe(true);
  });

  test('paths of values that are no nodes do not count', () => {
    const store = acme();

    store.patch([{ fqn: 'v', aggregate_root: false, properties: [{ name: 'cores', kind: 'string' }] }]);

    expect(store.has('v')).toBe(true);
  });

  test('a kind may hold itself', () => {
    const store = open();

    store.patch([{ fqn: 'tree', properties: ['left', 'right'].map((name) => ({ name, kind: 'tree' })) }]);

    expect(store.validate({ left: { right: {} } }, 'tree')).toEqual({ left: { right: {} } });
  });

  test('only the fix generation refuses a property that a base declares already', async () => {
    const kind = { fqn: 'x', bases: ['acme_big_box'], properties: [{ name: 'cores', kind: 'int32' }] };

    acme('resoto').patch([kind]);
    expect(await refused(acme('fix'), [kind])).toBe('Kind x declares cores, which its base acme_box declares already');
  });
});

test('config sections of different plugins may use one name for different things', () => {
  const store = openModelStore({ database: openDatabase(), generation: 'fix', scope: 'configs' });

  store.patch([
    { fqn: 'acme', properties: [{ name: 'region', kind: 'string' }] },
    { fqn: 'other', properties: [{ name: 'region', kind: 'int64' }] },
  ]);

  expect(store.validate({ region: '5' }, 'other')).toEqual({ region: 5 });
});

describe('lookup', () => {
  test('finds the kind of a path through arrays, dictionaries and values', () => {
    const model = acme().current();

    expect(model.propertyAt(['cores'])?.kind.fqn).toBe('int32');
    expect(model.propertyAt(['disks', 'size'])?.kind.fqn).toBe('int64');
    expect(model.propertyAt(['disk_by_name', 'any name', 'label'])?.kind.fqn).toBe('string');
    expect(model.propertyAt(['tags', 'owner'])?.kind.fqn).toBe('string');
    expect(model.propertyAt(['anything'])).toBeUndefined();
    expect(model.propertyAt(['nothing'])).toBeUndefined();
  });

  test('leads from a computed property to its source', () => {
    expect(acme().current().propertyAt(['age'])?.source).toEqual(['ctime']);
  });

  test('knows bases and derived kinds', () => {
    const model = acme().current();

    expect([...model.lineOf('acme_big_box')]).toEqual(['acme_big_box', 'acme_box', 'resource']);
    expect(model.derivedFrom('acme_box')).toEqual(['acme_box', 'acme_big_box']);
  });
});
