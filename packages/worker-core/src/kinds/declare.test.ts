import { describe, expect, test } from '@jest/globals';
import { base } from './base-kinds.ts';
import { boolean, int64, kind, list, object, ref, string, value } from './declare.ts';

const pythonType = 'acme.Box';

describe('a kind', () => {
  test('has the properties of its bases and names only its own as own', () => {
    const box = kind('acme_box', [base.volume], { pythonType, properties: { color: string('Color') } });

    expect(Object.keys(box.properties)).toEqual(expect.arrayContaining(['id', 'volume_size', 'color']));
    expect(box.own).toEqual(['color']);
  });

  test('gives an inherited property a source and keeps its initial value', () => {
    const box = kind('acme_box', [base.volume], { pythonType, properties: { volume_size: int64('Size') } });

    expect(box.own).toEqual([]);
    expect(box.properties['volume_size']).toMatchObject({ initial: 0, read: expect.any(Function) });
  });

  test('cannot give an inherited property another type', () => {
    const declare = () => kind('acme_box', [base.volume], { pythonType, properties: { volume_size: string('Size') } });

    expect(declare).toThrow(/"volume_size" has two types in bases of acme_box and acme_box itself: int64 and string/);
  });

  test('cannot have bases that disagree about a type', () => {
    const other = value('acme_sized', { volume_size: boolean() });

    expect(() => kind('acme_box', [base.volume, other], { pythonType })).toThrow(/int64 and boolean/);
  });

  test('takes icon and group of a base that has some, but not its name', () => {
    const acmeResource = kind('acme_resource', [base.resource], { pythonType, name: 'Acme Resource' });
    const box = kind('acme_box', [acmeResource, base.volume], { pythonType });

    expect(acmeResource.metadata).toEqual({ name: 'Acme Resource', icon: 'resource', group: 'misc' });
    expect(box.metadata).toEqual({ icon: 'volume', group: 'storage' });
  });

  test('is phantom and identified like its bases unless it says otherwise', () => {
    const acmeResource = kind('acme_resource', [base.resource], {
      pythonType,
      identity: ['link'],
      properties: { link: string() },
    });
    const type = kind('acme_type', [acmeResource, base.type], { pythonType });
    const region = kind('acme_region', [base.region, acmeResource], { pythonType });

    expect([type.phantom, type.identity]).toEqual([true, ['link']]);
    expect([region.phantom, region.identity]).toEqual([false, ['name']]);
    expect(kind('acme_real', [base.type], { pythonType, phantom: false }).phantom).toBe(false);
  });
});

test('an own list is empty at first, unless its initial value is null', () => {
  const nested = value('acme_nested', { some: list('string'), none: list('string', undefined, { initial: null }) });

  expect(nested.properties['some']?.initial).toEqual([]);
  expect(nested.properties['none']?.initial).toBeNull();
});

test('a nested value has the properties of its bases', () => {
  const first = value('acme_first', { a: string() });
  const second = value('acme_second', { b: object(first) }, { name: 'Second' }, [first]);

  expect(Object.keys(second.properties)).toEqual(['a', 'b']);
  expect(second.own).toEqual(['b']);
  expect(second.metadata).toEqual({ name: 'Second' });
});

test('a reference reads its values by path and names its target', () => {
  const reference = ref(base.instance, { by: 'id', from: 'Attachments[].InstanceId', default: 'in', delete: 'out' });

  expect(reference).toMatchObject({ to: 'instance', by: 'id', default: 'in', delete: 'out' });
  expect(reference.read({ Attachments: [{ InstanceId: 'i-1' }] })).toEqual(['i-1']);
});
