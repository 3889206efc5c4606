import { describe, expect, test } from '@jest/globals';
import { base } from './base-kinds.ts';
import { check } from './check.ts';
import {
  any,
  boolean,
  date,
  dictionary,
  double,
  duration,
  int64,
  kind,
  list,
  object,
  oneOf,
  string,
  value,
} from './declare.ts';
import type { Property, Reported } from './types.ts';

const disk = value('acme_disk', { name: string(), size: int64(), parts: list('int64') });
const strict = value('acme_strict', { name: string(undefined, { required: true }) });

const box = kind('acme_box', [base.resource], {
  pythonType: 'acme.Box',
  properties: {
    size: int64(),
    weight: double(),
    open: boolean(),
    color: oneOf({ fqn: 'acme_color', values: ['red', 'blue'] }),
    made: date(),
    life: duration(),
    disk: object(disk),
    disks: list(disk),
    names: list('string'),
    limits: dictionary('int64'),
    times: list('datetime'),
    strict: object(strict),
    document: any(),
  },
});

const only = (reported: Reported): Reported => ({ id: 'box-1', ...reported });

test('returns the same object when nothing is wrong', () => {
  const reported = only({
    kind: 'acme_box',
    name: 'One',
    tags: { owner: 'joe' },
    ctime: '2024-03-01T10:00:00Z',
    size: 5,
    weight: 1.5,
    open: true,
    color: 'red',
    made: '2024-03-01',
    life: '1d2h',
    disk: { name: 'sda', parts: [1, 2] },
    disks: [{ size: 1 }],
    names: ['a', null],
    limits: { a: 1 },
    document: { deep: [{ er: 1 }, null] },
  });

  const checked = check(box, reported);

  expect(checked.reported).toBe(reported);
  expect(checked).toMatchObject({ problems: [], complete: true, bigint: false });
});

describe('a value in another form is brought into the declared one', () => {
  test.each<[string, unknown, unknown]>([
    ['name', 12, '12'],
    ['name', true, 'true'],
    ['name', { a: 1 }, '{"a":1}'],
    ['name', new Date('2024-03-01T10:00:00Z'), '2024-03-01T10:00:00Z'],
    ['size', '12', 12],
    ['size', 12.7, 12],
    ['size', true, 1],
    ['weight', '1.5', 1.5],
    ['weight', false, 0],
    ['open', 'YES', true],
    ['open', 'off', false],
    ['ctime', '2024-03-01T12:00:00.5+02:00', '2024-03-01T10:00:00Z'],
    ['ctime', '2024-02-29T10:00:00Z', '2024-02-29T10:00:00Z'],
    ['ctime', '2024-03-01 10:00:00', '2024-03-01T10:00:00Z'],
    ['ctime', new Date('2024-03-01T10:00:00Z'), '2024-03-01T10:00:00Z'],
    ['made', '2024-03-01T10:00:00Z', '2024-03-01'],
    ['names', 'one', ['one']],
    ['names', ['a', 2, undefined], ['a', '2', null]],
    ['disks', [{ size: '3' }], [{ size: 3 }]],
    ['limits', { a: '1', b: null }, { a: 1 }],
    ['disk', { name: null, size: 1 }, { size: 1 }],
    ['document', { a: null, b: [{ c: undefined }] }, { b: [{}] }],
    ['document', { at: new Date('2024-03-01T10:00:00Z') }, { at: '2024-03-01T10:00:00Z' }],
  ])('%s: %p', (name, given, expected) => {
    const checked = check(box, only({ [name]: given }));

    expect(checked.reported).toEqual({ id: 'box-1', [name]: expected });
    expect(checked.problems).toEqual([]);
  });
});

describe('a wrong value is left out and reported', () => {
  test.each<[string, unknown, { path: string; expected: string; value: string }]>([
    ['size', 'huge', { path: 'size', expected: 'int64', value: '"huge"' }],
    ['size', Number.NaN, { path: 'size', expected: 'int64', value: 'NaN' }],
    ['weight', Infinity, { path: 'weight', expected: 'double', value: 'Infinity' }],
    ['open', 'maybe', { path: 'open', expected: 'boolean', value: '"maybe"' }],
    ['open', 1, { path: 'open', expected: 'boolean', value: '1' }],
    ['color', 'green', { path: 'color', expected: 'acme_color', value: '"green"' }],
    ['ctime', 1709287200, { path: 'ctime', expected: 'datetime', value: '1709287200' }],
    ['ctime', '2023-02-29T00:00:00Z', { path: 'ctime', expected: 'datetime', value: '"2023-02-29T00:00:00Z"' }],
    ['ctime', '2024-03-01T24:00:00Z', { path: 'ctime', expected: 'datetime', value: '"2024-03-01T24:00:00Z"' }],
    ['ctime', '3d', { path: 'ctime', expected: 'datetime', value: '"3d"' }],
    ['ctime', new Date(Number.NaN), { path: 'ctime', expected: 'datetime', value: 'object' }],
    ['life', 5, { path: 'life', expected: 'duration', value: '5' }],
    ['life', '', { path: 'life', expected: 'duration', value: '""' }],
    ['disk', 'sda', { path: 'disk', expected: 'acme_disk', value: '"sda"' }],
    ['names', { a: 1 }, { path: 'names', expected: 'string[]', value: 'object' }],
    ['limits', [1], { path: 'limits', expected: 'dictionary[string, int64]', value: 'list of 1' }],
    ['strict', {}, { path: 'strict', expected: 'acme_strict', value: 'object' }],
    ['bogus', 1, { path: 'bogus', expected: 'no such property', value: '1' }],
    ['kind', 'other', { path: 'kind', expected: 'acme_box', value: '"other"' }],
    ['document', () => 1, { path: 'document', expected: 'any', value: 'function' }],
  ])('%s: %p', (name, given, problem) => {
    const checked = check(box, only({ [name]: given, size: name === 'size' ? given : 1 }));

    expect(checked.reported).toEqual(name === 'size' ? { id: 'box-1' } : { id: 'box-1', size: 1 });
    expect(checked.problems).toEqual([problem]);
    expect(checked.complete).toBe(true);
  });

  test('deep inside, without its neighbours', () => {
    const checked = check(box, only({ disks: [{ size: 'x', name: 'a' }, null, 'sdb', { parts: [1, 'y'] }] }));

    expect(checked.reported['disks']).toEqual([{ name: 'a' }, { parts: [1] }]);
    expect(checked.problems.map(({ path }) => path)).toEqual([
      'disks[0].size',
      'disks[1]',
      'disks[2]',
      'disks[3].parts[1]',
    ]);
  });

  test('when it is a null the core takes for no element of such a list', () => {
    const checked = check(box, only({ times: [null, '2024-03-01T10:00:00Z'], names: [null] }));

    expect(checked.reported).toEqual({ id: 'box-1', times: ['2024-03-01T10:00:00Z'], names: [null] });
    expect(checked.problems).toEqual([{ path: 'times[0]', expected: 'datetime', value: 'nothing' }]);
  });

  test('in a dictionary, without the other entries', () => {
    const checked = check(box, only({ limits: { a: 1, b: 'x' } }));

    expect(checked.reported['limits']).toEqual({ a: 1 });
    expect(checked.problems.map(({ path }) => path)).toEqual(['limits.b']);
  });

  test('with its text cut', () => {
    const [problem] = check(box, only({ size: 'x'.repeat(1000) })).problems;

    expect(problem?.value).toBe(`"${'x'.repeat(39)}…`);
  });

  test('when it contains itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;

    const checked = check(box, only({ document: loop }));

    expect(checked.problems).toHaveLength(1);
    expect(() => JSON.stringify(checked.reported)).not.toThrow();
  });
});

test('does not change the object it was given', () => {
  const reported = only({ size: 'x', tags: { a: null } });

  check(box, reported);

  expect(reported).toEqual({ id: 'box-1', size: 'x', tags: { a: null } });
});

test('a tag without value is kept as the empty text', () => {
  expect(check(box, only({ tags: { a: null, b: 'x' } }))).toMatchObject({
    reported: { tags: { a: '', b: 'x' } },
    problems: [],
  });
});

test('a key called __proto__ is kept', () => {
  const checked = check(box, only({ tags: JSON.parse('{"__proto__":"x","a":null}') as Reported }));

  expect(JSON.stringify(checked.reported['tags'])).toBe('{"__proto__":"x","a":""}');
});

test('what the core computes is left out without a word', () => {
  const checked = check(box, only({ age: '3d' }));

  expect(checked.reported).toEqual({ id: 'box-1' });
  expect(checked.problems).toEqual([]);
});

test('a node without id is not complete', () => {
  const checked = check(box, { name: 'One' });

  expect(checked.complete).toBe(false);
  expect(checked.problems).toEqual([{ path: 'id', expected: 'string', value: 'nothing' }]);
});

test('a node without a required property is not complete', () => {
  const properties: Record<string, Property> = { serial: string(undefined, { required: true }) };
  const safe = kind('acme_safe', [base.resource], { pythonType: 'acme.Safe', properties });

  expect(check(safe, { id: 's-1' })).toMatchObject({ complete: false, problems: [{ path: 'serial' }] });
  expect(check(safe, { id: 's-1', serial: 'x' }).complete).toBe(true);
});

test('tells when an integer is inside that no number can hold', () => {
  const large = 9007199254740993n;

  for (const reported of [
    { size: large },
    { limits: { a: large } },
    { disks: [{ parts: [large] }] },
    { document: [large] },
  ]) {
    expect(check(box, only(reported))).toMatchObject({ bigint: true, reported, problems: [] });
  }
  expect(check(box, only({ size: 5 })).bigint).toBe(false);
});

test('the type of a DNS record is in upper case', () => {
  const record = kind('acme_record', [base.dnsRecord], { pythonType: 'acme.Record' });

  const { reported } = check(record, only({ record_type: 'aaaa', record_data: 'fe80::a' }));

  expect(reported).toEqual(only({ record_type: 'AAAA', record_data: 'fe80::a' }));
});
