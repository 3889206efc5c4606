import { describe, expect, test } from '@jest/globals';

import { readXml } from './read-xml.ts';
import type { Shape } from './shape.ts';

const text: Shape = { is: 'text', convert: (value) => value };
const number: Shape = { is: 'text', convert: Number };

function structure(members: Record<string, Shape>, flat: readonly string[] = []): Shape {
  return {
    is: 'structure',
    members: new Map(
      Object.entries(members).map(([name, shape]) => [name, { name, shape, flat: flat.includes(name) }]),
    ),
  };
}

const box = structure({
  id: text,
  size: number,
  tags: { is: 'list', item: 'item', of: structure({ key: text, value: text }) },
});

function read(content: string, shape: Shape = box): unknown {
  return readXml(`<?xml version="1.0"?>\n<Answer xmlns="http://a/">${content}</Answer>`, shape, ['Answer']);
}

describe('an answer', () => {
  test('has what its shape knows, wherever it stands, and nothing else', () => {
    const xml = '<requestId>r</requestId><size>7</size><other><id>no</id><other/></other>\n <id>b-1</id>';

    expect(read(xml)).toEqual({ id: 'b-1', size: 7 });
  });

  test('has empty lists, structures and texts where the elements are empty', () => {
    const shape = structure({ tags: { is: 'list', item: 'item', of: text }, inner: box, id: text, none: text });

    expect(read('<tags/><inner/><id></id>', shape)).toEqual({ tags: [], inner: {}, id: '' });
  });

  test('has lists of structures', () => {
    const xml = '<tags><item><key>a</key><value>1</value></item><item><key>b</key><value/></item></tags>';

    expect(read(xml)).toEqual({
      tags: [
        { key: 'a', value: '1' },
        { key: 'b', value: '' },
      ],
    });
  });

  test('has lists without an element around them', () => {
    const shape = structure({ name: { is: 'list', item: 'member', of: text }, id: text }, ['name']);

    expect(read('<name>a</name><id>1</id><name>b</name>', shape)).toEqual({ name: ['a', 'b'], id: '1' });
  });

  test('has maps', () => {
    const shape = structure({ counts: { is: 'map', key: 'key', value: 'value', of: number } });

    expect(
      read(
        '<counts><entry><key>Users</key><value>3</value></entry><entry><value>0</value><key>Groups</key></entry></counts>',
        shape,
      ),
    ).toEqual({
      counts: { Users: 3, Groups: 0 },
    });
  });

  test('has signs that are written as entities or in CDATA, and no comments', () => {
    expect(read('<id>a &lt;&amp;&gt; &quot;b&apos; &#233;&#x1F600; &unknown;</id>')).toEqual({
      id: 'a <&> "b\' é😀 &unknown;',
    });
    expect(read('<!-- <id>no</id> --><id>x<!-- y --><![CDATA[<z>&amp;]]></id>')).toEqual({ id: 'x<z>&amp;' });
  });

  test('has elements with namespaces and attributes', () => {
    expect(read('<n:id xsi:type="text" a="b">1</n:id>')).toEqual({ id: '1' });
  });
});

test.each([
  ['ends too early', '<Answer><id>b-1</id>'],
  ['ends in a text', '<Answer><id>b-1'],
  ['has another root', '<Other><id>b-1</id></Other>'],
  ['has an element for a text', '<Answer><id><deep/></id></Answer>'],
  ['is no XML', 'Service unavailable'],
])('what %s is no answer', (_what, xml) => {
  expect(() => readXml(xml, box, ['Answer'])).toThrow(expect.objectContaining({ code: 'unexpected_answer' }));
});
