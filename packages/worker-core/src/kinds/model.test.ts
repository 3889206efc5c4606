import { readFileSync } from 'node:fs';

import { describe, expect, test } from '@jest/globals';
import { shared } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';
import type { Generation } from '../protocol/generation.ts';
import type { ComplexKindJson, KindJson } from '../protocol/model-json.ts';
import { base } from './base-kinds.ts';
import { baseKinds } from './base-generations.ts';
import {
  any,
  boolean,
  dictionary,
  double,
  enumeration,
  int64,
  kind,
  list,
  object,
  oneOf,
  ref,
  string,
  value,
} from './declare.ts';
import { modelJson } from './model.ts';
import type { NodeKind, Property } from './types.ts';

function declare(fqn: string, properties: Record<string, Property> = {}, more: Partial<NodeKind> = {}): NodeKind {
  return { ...kind(fqn, [base.resource], { pythonType: fqn, properties }), ...more };
}

function find(model: readonly KindJson[], fqn: string): KindJson | undefined {
  return model.find((kindJson) => kindJson.fqn === fqn);
}

describe('a model', () => {
  test('has own properties only, and everything they are made of once', () => {
    const color = enumeration('acme_color', ['red', 'blue']);
    const part = value('acme_part', { color: oneOf(color), note: string(undefined, { description: 'What it is.' }) });
    const box = kind('acme_box', [base.volume], {
      pythonType: 'acme.Box',
      name: 'Acme Box',
      properties: {
        id: string('Id'),
        volume_size: int64('Size'),
        parts: list(part, 'Parts', { metadata: { ignore_history: true } }),
        by_name: dictionary(part),
        spare: object(part),
        grid: list({ is: 'list', of: { is: 'simple', name: 'int64' } }),
      },
    });

    const model = modelJson([box]);

    expect(find(model, 'acme_box')).toEqual({
      fqn: 'acme_box',
      bases: ['volume'],
      properties: [
        { name: 'parts', kind: 'acme_part[]', required: false, metadata: { ignore_history: true } },
        { name: 'by_name', kind: 'dictionary[string, acme_part]', required: false },
        { name: 'spare', kind: 'acme_part', required: false },
        { name: 'grid', kind: 'int64[][]', required: false },
      ],
      allow_unknown_props: false,
      successor_kinds: null,
      aggregate_root: true,
      metadata: { name: 'Acme Box', icon: 'volume', group: 'storage' },
    });
    expect(find(model, 'acme_part')).toEqual({
      fqn: 'acme_part',
      bases: [],
      properties: [
        { name: 'color', kind: 'acme_color', required: false },
        { name: 'note', kind: 'string', required: false, description: 'What it is.' },
      ],
      allow_unknown_props: false,
      successor_kinds: null,
      aggregate_root: false,
      metadata: null,
    });
    expect(find(model, 'acme_color')).toEqual({ fqn: 'acme_color', runtime_kind: 'string', enum: ['red', 'blue'] });
    expect(new Set(model.map(({ fqn }) => fqn)).size).toBe(model.length);
  });

  test('knows every name it uses', () => {
    const model = modelJson([declare('acme_box', {}, { successors: { default: ['acme_gone', 'volume'] } })]);
    const known = new Set(model.map(({ fqn }) => fqn));
    const used = model.flatMap((kindJson) =>
      'bases' in kindJson ? [...(kindJson.bases ?? []), ...Object.values(kindJson.successor_kinds ?? {}).flat()] : [],
    );

    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });

  test('has successors from the references of both ends', () => {
    const shelf = declare('acme_shelf');
    const box = declare(
      'acme_box',
      {},
      {
        references: [
          ref('acme_shelf', { by: 'id', from: 'Shelf', default: 'in', delete: 'out' }),
          ref('acme_label', { by: 'id', from: 'Label', default: 'out', delete: 'in' }),
          ref('acme_unknown', { by: 'id', from: 'Other', default: 'out' }),
        ],
      },
    );
    const label = declare('acme_label', {}, { successors: { default: ['acme_shelf'] } });

    const model = modelJson([shelf, box, label]);

    const successors = (fqn: string) => (find(model, fqn) as ComplexKindJson).successor_kinds;
    expect(successors('acme_shelf')).toEqual({ default: ['acme_box'] });
    expect(successors('acme_box')).toEqual({ default: ['acme_label'], delete: ['acme_shelf'] });
    expect(successors('acme_label')).toEqual({ default: ['acme_shelf'], delete: ['acme_box'] });
  });

  test('may contain values that contain themselves', () => {
    const tree = value('acme_tree', { name: string() });
    Object.assign(tree.properties, { below: list(tree) });
    Object.assign(tree, { own: ['name', 'below'] });

    expect(find(modelJson([declare('acme_box', { tree: object(tree) })]), 'acme_tree')).toBeDefined();
  });
});

describe('a model the core would refuse is refused here', () => {
  test('two types of one property, with both kinds named', () => {
    const kinds = [declare('acme_a', { size: string() }), declare('acme_b', { size: int64() })];

    expect(() => modelJson(kinds)).toThrow('Property size is string in acme_a and int64 in acme_b.');
  });

  test('two types deep inside, where the elements of a list are one path and the values of a dictionary are', () => {
    const nested = (fqn: string, size: Property): Record<string, Property> => ({
      parts: list({ is: 'dictionary', of: { is: 'object', kind: value(fqn, { size }) } }),
    });
    const kinds = [
      kind('acme_a', [base.resource], { pythonType: 'a', properties: nested('acme_part_a', string()) }),
      kind('acme_b', [base.resource], { pythonType: 'b', properties: nested('acme_part_b', int64()) }),
    ];

    expect(() => modelJson(kinds)).toThrow('Property parts[]{} is acme_part_a in acme_a and acme_part_b in acme_b.');
    expect(() =>
      modelJson([declare('acme_a', { size: dictionary('int64') }), declare('acme_b', { size: dictionary('double') })]),
    ).toThrow('Property size{} is int64 in acme_a and double in acme_b.');
  });

  test('two kinds of one name', () => {
    expect(() => modelJson([declare('acme_a'), declare('acme_a')])).toThrow('Two different kinds have the name acme_a');
  });

  test('but any type goes with every other', () => {
    expect(() => modelJson([declare('acme_a', { size: any() }), declare('acme_b', { size: int64() })])).not.toThrow();
  });

  test('two enumerations of one name with other values', () => {
    const kinds = [
      declare('acme_a', { a: oneOf(enumeration('acme_color', ['red'])) }),
      declare('acme_b', { b: oneOf(enumeration('acme_color', ['blue'])) }),
    ];

    expect(() => modelJson(kinds)).toThrow('Two different kinds have the name acme_color');
  });

  test('a property a base kind of that generation declares with another type', () => {
    const bucket = (encryption: Property) =>
      kind('acme_bucket', [base.bucket], { pythonType: 'b', properties: { encryption_enabled: encryption } });

    expect(() => modelJson([bucket(string())], 'resoto')).not.toThrow();
    expect(() => modelJson([bucket(string())], 'fix')).toThrow(
      '"encryption_enabled" of acme_bucket is boolean in a base',
    );
  });
});

test('what a base kind of that generation declares is not declared again', () => {
  const bucket = kind('acme_bucket', [base.bucket], { pythonType: 'b', properties: { encryption_enabled: boolean() } });
  const names = (generation: Generation) =>
    (find(modelJson([bucket], generation), 'acme_bucket') as ComplexKindJson).properties;

  expect(names('resoto')).toHaveLength(1);
  expect(names('fix')).toHaveLength(0);
});

test('base kinds stand before what derives from them', () => {
  for (const generation of ['resoto', 'fix'] as const) {
    const seen = new Set<string>();
    for (const { fqn, bases } of baseKinds(generation)) {
      expect(bases.filter((parent) => !seen.has(parent.fqn))).toEqual([]);
      seen.add(fqn);
    }
  }
});

const references = shared();

describeWith('compared with the model of the reference worker', [references], () => {
  const recorded = (file: string): ComparableKind[] =>
    (JSON.parse(readFileSync(references.path('reference', file), 'utf8')) as KindJson[]).map(comparable);

  test.each<[Generation, string, number]>([
    ['resoto', 'aws/model-r39.json', 63],
    ['fix', 'aws/model-f43.json', 74],
  ])('the base kinds of %s are equal', (generation, file, count) => {
    const expected = recorded(file).filter(({ fqn }) => !fqn.startsWith('aws_'));

    expect(byName(modelJson([], generation).map(comparable))).toEqual(byName(expected));
    expect(expected).toHaveLength(count);
  });

  test('the kinds of the example cloud are equal', () => {
    const mixin = value('example_resource', {});
    const example = (fqn: string, ...bases: Parameters<typeof kind>[1]): NodeKind =>
      kind(fqn, bases, { pythonType: fqn });
    const custom = kind('example_custom_resource', [mixin, base.resource], {
      pythonType: 'custom',
      properties: {
        custom_string_attribute: string(undefined, { initial: '' }),
        custom_int_attribute: int64(undefined, { initial: 0 }),
        custom_optional_float_attribute: double(),
        custom_dict_attribute: dictionary('string', undefined, { initial: {} }),
        custom_list_attribute: list('string'),
      },
    });
    const model = modelJson([
      example('example_account', base.account),
      example('example_region', base.region),
      example('example_network', mixin, base.network),
      example('example_instance', mixin, base.instance),
      example('example_volume', mixin, base.volume),
      custom,
    ]);

    const ours = model.filter(({ fqn }) => fqn.startsWith('example_')).map(comparable);
    expect(byName(ours)).toEqual(byName(recorded('example/model-r39.json')));
  });
});

type ComparableKind = { fqn: string } & Record<string, unknown>;

/** Without what is not significant: order inside of lists, and whether a member is absent or says what its absence says. */
function comparable(kindJson: KindJson): ComparableKind {
  if ('runtime_kind' in kindJson) return { ...kindJson };
  const { successor_kinds, properties = [], allow_unknown_props = false, metadata, ...rest } = kindJson;
  return {
    ...rest,
    allow_unknown_props,
    metadata,
    successor_kinds: successor_kinds ?? null,
    properties: properties
      .map(({ description, ...property }) => ({ ...property, description: description ?? null }))
      .sort((left, right) => (left.name < right.name ? -1 : 1)),
  };
}

function byName(kinds: readonly ComparableKind[]): ComparableKind[] {
  return kinds.toSorted((left, right) => (left.fqn < right.fqn ? -1 : 1));
}
