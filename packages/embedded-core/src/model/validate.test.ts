import { describe, expect, test } from '@jest/globals';
import type { JsonObject, JsonValue } from '@resoto/worker-core';
import { ACME_KINDS, failure, NOW } from '../../test/acme.ts';
import { openDatabase } from '../database.ts';
import { openModelStore, type ModelStore } from './model-store.ts';

const store: ModelStore = openModelStore({ database: openDatabase(), generation: 'resoto', scope: 'test' });
store.patch(ACME_KINDS);

function box(reported: JsonObject): JsonValue {
  return store.validate({ kind: 'acme_box', ...reported }, 'acme_box', { now: () => NOW });
}

test.each<[string, JsonObject, JsonObject]>([
  ['a number as text', { name: 12 }, { name: '12' }],
  ['a boolean as text', { name: true }, { name: 'true' }],
  ['an object as text', { name: { a: 1 } }, { name: '{"a":1}' }],
  ['a long number as text with all digits', { name: 12345678901234567890n }, { name: '12345678901234567890' }],
  ['text as integer', { cores: '12' }, { cores: 12 }],
  ['text as a long integer with all digits', { bytes: '9007199254740993' }, { bytes: 9007199254740993n }],
  ['a fraction in an integer as it is', { cores: 1.5 }, { cores: 1.5 }],
  ['a boolean in an integer as it is', { cores: true }, { cores: true }],
  ['text as number', { load: '1.5' }, { load: 1.5 }],
  ['yes as boolean', { active: 'Yes' }, { active: true }],
  ['off as boolean', { active: 'OFF' }, { active: false }],
  ['a time in wire form', { ctime: '2024-03-01T10:00:00Z' }, { ctime: '2024-03-01T10:00:00Z' }],
  ['a time with offset', { ctime: '2024-03-01T10:00:00+02:00' }, { ctime: '2024-03-01T08:00:00Z' }],
  ['a time with fractions', { ctime: '2024-03-01T10:00:00.987Z' }, { ctime: '2024-03-01T10:00:00Z' }],
  ['a duration as time', { ctime: '1d' }, { ctime: '2024-03-11T00:00:00Z' }],
  ['a date', { expiry: '2024-03-01' }, { expiry: '2024-03-01' }],
  ['a time as date', { expiry: '2024-03-01T10:00:00Z' }, { expiry: '2024-03-01' }],
  ['another date text', { expiry: '1 March 2024' }, { expiry: '2024-03-01' }],
  ['a duration', { uptime: '1d2h3s' }, { uptime: '93603s' }],
  ['an ISO duration', { uptime: 'P1DT2H' }, { uptime: 'P1DT2H' }],
  ['an enumeration', { color: 'red' }, { color: 'red' }],
  ['a scalar as array', { ports: 80 }, { ports: [80] }],
  ['null in an array of scalars', { ports: [80, null] }, { ports: [80, null] }],
  ['nested arrays', { matrix: [['1'], [2]] }, { matrix: [[1], [2]] }],
  ['null in a dictionary of texts', { tags: { a: null } }, { tags: { a: null } }],
  ['values in a dictionary', { tags: { a: 1 } }, { tags: { a: '1' } }],
  ['null for a property that is not required', { color: null }, { color: null }],
  ['nested values', { disks: [{ size: '5' }] }, { disks: [{ size: 5 }] }],
  ['anything as any', { anything: [{ x: [null] }] }, { anything: [{ x: [null] }] }],
])('accepts %s', (_, reported, expected) => {
  expect(box(reported)).toEqual({ kind: 'acme_box', ...expected });
});

test.each<[string, JsonObject, string, RegExp]>([
  ['an undefined property', { size: 1 }, 'size', /no property size in kind acme_box/],
  ['text that is no integer', { cores: 'many' }, 'cores', /int32/],
  ['text that is no number', { load: '' }, 'load', /double/],
  ['text that is no boolean', { active: 'maybe' }, 'active', /boolean/],
  ['a number as boolean', { active: 1 }, 'active', /boolean/],
  ['a number as time', { ctime: 1700000000 }, 'ctime', /datetime/],
  ['text that is no time', { ctime: 'yesterday' }, 'ctime', /datetime/],
  ['a day that does not exist', { ctime: '2024-02-31T00:00:00Z' }, 'ctime', /datetime/],
  ['a number as date', { expiry: 20240301 }, 'expiry', /date/],
  ['a number as duration', { uptime: 5 }, 'uptime', /duration/],
  ['milliseconds as duration', { uptime: '5ms' }, 'uptime', /duration/],
  ['empty text as duration', { uptime: '' }, 'uptime', /duration/],
  ['a value outside of an enumeration', { color: 'green' }, 'color', /one of red, blue/],
  ['text that misses the pattern', { zip: '1234a' }, 'zip', /matches/],
  ['a pattern that matches only a part', { zip: '123456' }, 'zip', /acme_zip/],
  ['a number below the minimum', { ports: [0] }, 'ports[0]', /at least 1/],
  ['a number above the maximum', { ports: [1, 70_000] }, 'ports[1]', /at most 65535/],
  ['an object as array', { ports: { a: 1 } }, 'ports', /acme_port\[\]/],
  ['null among values', { disks: [null] }, 'disks[0]', /acme_disk/],
  ['an array as dictionary', { tags: [] }, 'tags', /dictionary/],
  ['null in a dictionary of values', { disk_by_name: { a: null } }, 'disk_by_name.a', /acme_disk/],
  ['null in a dictionary of times', { times: { a: null } }, 'times.a', /datetime/],
  ['text as value', { disks: ['x'] }, 'disks[0]', /acme_disk/],
  ['a missing required property', { disks: [{ label: 'x' }] }, 'disks[0].size', /required/],
  ['a required property that is null', { disks: [{ size: null }] }, 'disks[0].size', /required/],
])('refuses %s', async (_, reported, path, expected) => {
  const error = await failure(() => box(reported));

  expect(error).toMatchObject({ code: 'invalid_value', facts: { path, kind: 'acme_box' } });
  expect(error.message).toMatch(expected);
});

test('leaves computed properties out', () => {
  expect(box({ age: '3d', ctime: '2024-03-01T10:00:00Z' })).toEqual({
    kind: 'acme_box',
    ctime: '2024-03-01T10:00:00Z',
  });
});

test('takes a time without zone as local time', () => {
  const local = new Date(2024, 2, 1, 10).toISOString();

  expect(box({ ctime: '2024-03-01T10:00:00' })).toEqual({ kind: 'acme_box', ctime: `${local.slice(0, 19)}Z` });
});

test('gives back the value itself when nothing has to be converted', () => {
  const value = { kind: 'acme_box', tags: { a: 'b' }, ports: [1, 2] };

  expect(store.validate(value, 'acme_box')).toBe(value);
});

test('shows only the beginning of a long value', async () => {
  const { message } = await failure(() => box({ cores: 'secret-'.repeat(20) }));

  expect(message).toContain('(142 characters)');
  expect(message).not.toContain('secret-secret-secret-secret');
});

describe('config documents', () => {
  test('accept placeholders for every scalar, where asked for', async () => {
    const section = { kind: 'x', cores: '$(CORES)', color: '$(A)-$(B)', disks: [{ size: '$(SIZE)' }] };

    expect(store.validate(section, 'acme_box', { placeholders: true })).toEqual(section);
    expect((await failure(() => store.validate(section, 'acme_box'))).code).toBe('invalid_value');
  });

  test('get the order of the model, where asked for', () => {
    const ordered = store.validate({ disks: [{ label: 'x', size: 1 }], kind: 'x', id: '1' }, 'acme_box', {
      modelOrder: true,
    });

    expect(JSON.stringify(ordered)).toBe('{"id":"1","kind":"x","disks":[{"size":1,"label":"x"}]}');
  });
});
