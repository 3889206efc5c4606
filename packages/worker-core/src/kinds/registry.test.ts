import { expect, test } from '@jest/globals';
import { base } from './base-kinds.ts';
import { kind, ref, string, value } from './declare.ts';
import { KindRegistry } from './registry.ts';

const mixin = value('acme_mixin', { link: string() });
const acmeResource = kind('acme_resource', [base.resource], { pythonType: 'r', properties: { arn: string() } });
const volume = kind('acme_volume', [acmeResource, base.volume, mixin], {
  pythonType: 'v',
  references: [
    ref('acme_instance', { by: 'id', from: 'A', default: 'in' }),
    ref('acme_instance', { by: 'id', from: 'B', default: 'out' }),
  ],
  permissions: { collect: ['acme:ListVolumes', 'acme:Get'], cleanup: ['acme:DeleteVolume'] },
});
const instance = kind('acme_instance', [acmeResource, base.instance], {
  pythonType: 'i',
  references: [ref('acme_resource', { by: 'arn', from: 'Role', default: 'in' })],
  permissions: { collect: ['acme:Get'], tag: ['acme:Tag'] },
});
const registry = new KindRegistry([volume, instance]);

test('finds kinds by name, bases included', () => {
  expect(registry.get('acme_volume')).toBe(volume);
  expect(registry.get('resource')).toBe(base.resource);
  expect(registry.get('acme_other')).toBeUndefined();
});

test('knows everything a kind derives from', () => {
  expect([...registry.lineage('acme_volume')]).toEqual([
    'acme_volume',
    'acme_resource',
    'volume',
    'acme_mixin',
    'resource',
  ]);
  expect(registry.derivesFrom('acme_volume', 'resource')).toBe(true);
  expect(registry.derivesFrom('acme_volume', 'instance')).toBe(false);
  expect(registry.derivesFrom('acme_other', 'acme_other')).toBe(true);
});

test('says by which properties a node may be looked up, once each', () => {
  expect(registry.targets('acme_instance')).toEqual([
    { kind: 'acme_instance', property: 'id' },
    { kind: 'acme_resource', property: 'arn' },
  ]);
  expect(registry.targets('acme_volume')).toEqual([{ kind: 'acme_resource', property: 'arn' }]);
  expect(registry.targets('volume')).toEqual([]);
});

test('has the permissions of all kinds, once each', () => {
  expect(registry.permissions()).toEqual({
    collect: ['acme:Get', 'acme:ListVolumes'],
    tag: ['acme:Tag'],
    cleanup: ['acme:DeleteVolume'],
  });
});

test('refuses two kinds of one name', () => {
  const other = kind('acme_volume', [base.volume], { pythonType: 'other' });

  expect(() => new KindRegistry([volume, other])).toThrow('Two different kinds have the name acme_volume');
});
