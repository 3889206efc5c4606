import { describe, expect, test } from '@jest/globals';
import {
  asBool,
  asDateTime,
  asFloat,
  asInt,
  constant,
  each,
  emptyToNull,
  firstOf,
  item,
  mapped,
  parseJson,
  path,
  sortBy,
  sortJson,
  stripNulls,
  tagsToObject,
  tagValue,
} from './readers.ts';

describe('a path', () => {
  const answer = {
    State: { Name: 'running' },
    Attachments: [{ InstanceId: 'i-1' }, {}, null, { InstanceId: 'i-2' }],
    Groups: [{ Users: [{ Id: 1 }, { Id: 2 }] }, { Users: [{ Id: 3 }] }],
    Ids: ['a', 'b', 'c'],
  };

  test.each([
    ['State.Name', 'running'],
    ['State.Missing.Name', undefined],
    ['Ids.Name', undefined],
    ['Ids[0]', 'a'],
    ['Ids[-1]', 'c'],
    ['Ids[5]', undefined],
    ['Attachments[0].InstanceId', 'i-1'],
    ['Attachments[].InstanceId', ['i-1', 'i-2']],
    ['Groups[].Users[].Id', [1, 2, 3]],
    ['Groups[].Users[0].Id', [1, 3]],
    ['Missing[].Id', undefined],
    ['State[].Id', undefined],
    ['', answer],
  ])('%j reads %j', (text, expected) => {
    expect(path(text)(answer)).toEqual(expected);
  });

  test('of nothing is nothing', () => {
    for (const nothing of [undefined, null, 'text', 5]) expect(path('A.B')(nothing)).toBeUndefined();
  });

  test('applies steps in order and ends at the first one without value', () => {
    const called: unknown[] = [];
    const note = (value: unknown): unknown => (called.push(value), null);

    expect(path('Ids', item(1), (id) => `<${String(id)}>`)(answer)).toBe('<b>');
    expect(path('State', note, note)(answer)).toBeUndefined();
    expect(called).toEqual([answer.State]);
  });

  test('that cannot be understood is refused when it is declared', () => {
    expect(() => path('A[x]')).toThrow('"A[x]" is no part of a path');
  });
});

test('the first source with a value wins, and null is none', () => {
  const read = firstOf('A', path('B', item(0)), constant('last'));

  expect(read({ A: 'a', B: ['b'] })).toBe('a');
  expect(read({ A: null, B: ['b'] })).toBe('b');
  expect(read({})).toBe('last');
});

test('tags become an object, one without value the empty text', () => {
  const tags = [{ Key: 'a', Value: '1' }, { Key: 'b' }, { Key: 'c', Value: null }, { Value: 'no key' }, null];

  expect(tagsToObject()(tags)).toEqual({ a: '1', b: '', c: '' });
  expect(tagsToObject('k', 'v')([{ k: 'a', v: '1' }])).toEqual({ a: '1' });
  expect(tagsToObject()('odd')).toBeUndefined();
});

test('a tag called __proto__ is a tag', () => {
  const tags = tagsToObject()([{ Key: '__proto__', Value: 'x' }]);

  expect(JSON.stringify(tags)).toBe('{"__proto__":"x"}');
});

test('the value of a tag is found by its name', () => {
  const tags = [
    { Key: 'Other', Value: '1' },
    { Key: 'Name', Value: 'web' },
  ];

  expect(tagValue('Name')(tags)).toBe('web');
  expect(tagValue('Missing')(tags)).toBeUndefined();
  expect(tagValue('Name')({})).toBeUndefined();
});

test('a table translates, what it lacks becomes the other value or stays', () => {
  expect(mapped({ on: true, off: false }, null)('off')).toBe(false);
  expect(mapped({ creating: 'busy' })('ready')).toBe('ready');
  expect(mapped({ creating: 'busy' }, 'unknown')('ready')).toBe('unknown');
  expect(mapped({}, 'unknown')('constructor')).toBe('unknown');
});

test('each element is read, those without value are null', () => {
  expect(each('Ip')([{ Ip: '10.0.0.1' }, {}])).toEqual(['10.0.0.1', null]);
  expect(each('Ip')({ Ip: '10.0.0.1' })).toEqual(['10.0.0.1']);
  expect(path('List', each('Ip'), stripNulls)({ List: [{ Ip: 'a' }, {}] })).toEqual(['a']);
});

test('JSON text is parsed, other text is nothing', () => {
  expect(parseJson('{"a":[1]}')).toEqual({ a: [1] });
  expect(parseJson('{')).toBeUndefined();
  expect(parseJson({ a: 1 })).toBeUndefined();
});

describe('a sorted document', () => {
  const text = (value: unknown): string => JSON.stringify(sortJson(value));

  test('has its keys and its lists of texts or numbers in order, at every depth', () => {
    expect(text({ b: { d: 1, c: ['y', 'x'] }, a: [10, 9, 1] })).toBe('{"a":[1,9,10],"b":{"c":["x","y"],"d":1}}');
  });

  test('counts objects in lists of numbers as 1', () => {
    expect(text([3, { b: 1, a: 2 }, 0, [2, 1]])).toBe('[0,{"a":2,"b":1},[1,2],3]');
  });

  test('keeps the order of lists that mix texts with objects', () => {
    expect(text(['z', { b: 1, a: 1 }, 'a'])).toBe('["z",{"a":1,"b":1},"a"]');
  });
});

test('a list is sorted by a value of its elements', () => {
  const list = [{ at: new Date(2000) }, { at: undefined }, { at: new Date(1000) }];

  expect(sortBy('at')(list)).toEqual([{ at: undefined }, { at: new Date(1000) }, { at: new Date(2000) }]);
});

test.each<[unknown, unknown]>([
  ['', null],
  [{}, null],
  [[], null],
  [0, 0],
  [false, false],
  ['x', 'x'],
])('emptyToNull of %j is %j', (value, expected) => {
  expect(emptyToNull(value)).toEqual(expected);
});

test('conversions as steps give nothing for what they cannot convert', () => {
  expect([asInt('12'), asInt('12.7'), asInt(true), asInt('x'), asInt({})]).toEqual([12, 12, 1, undefined, undefined]);
  expect(asInt('9007199254740993')).toBe(9007199254740993n);
  expect([asFloat('1.5'), asFloat(2), asFloat('x')]).toEqual([1.5, 2, undefined]);
  expect([asBool('True'), asBool(false), asBool('yes')]).toEqual([true, false, undefined]);
  expect([asDateTime(1700000000), asDateTime('soon')]).toEqual(['2023-11-14T22:13:20Z', undefined]);
});
