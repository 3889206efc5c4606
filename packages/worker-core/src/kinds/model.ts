/** The model a core needs to accept nodes, from the declarations of their kinds (protocol 7.3). */
import type { Generation } from '../protocol/generation.ts';
import type { ComplexKindJson, KindJson, PropertyJson, SimpleKindJson } from '../protocol/model-json.ts';
import { baseKinds } from './base-generations.ts';
import { ModelKinds } from './model-kinds.ts';
import { requireOneTypePerPath } from './property-paths.ts';
import { typeName } from './property-type.ts';
import { successorsOf } from './successors.ts';
import type { EnumKind, Kind, NodeKind, Property, Successors } from './types.ts';

/**
 * Model JSON of the base kinds of a generation and the given kinds, with the bases, nested values and enumerations they
 * use. Every kind is there once, and every name in it is known.
 *
 * @throws TypeError when two different kinds have one name, or two kinds give a property path different types
 */
export function modelJson(kinds: readonly NodeKind[], generation: Generation = 'resoto'): KindJson[] {
  const known = new ModelKinds(baseKinds(generation));
  for (const kind of kinds) known.add(kind);
  requireOneTypePerPath(known.kinds.filter((kind) => kind.aggregateRoot));
  const successors = successorsOf(known.kinds);
  return [
    ...known.enums.map(enumJson),
    ...known.kinds.map((kind) => kindJson(kind, known.own(kind), successors.get(kind.fqn))),
    shortPropertyAccess,
  ];
}

/** Makes the short paths of ancestors known to the query language of the core. */
const shortPropertyAccess: ComplexKindJson = {
  fqn: 'resource_short_property_access',
  bases: [],
  properties: [
    { name: 'cloud', kind: 'any', required: false },
    { name: 'account', kind: 'any', required: false },
    { name: 'region', kind: 'any', required: false },
    { name: 'zone', kind: 'any', required: false },
    { name: 'usage', kind: 'dictionary[string, dictionary[string, double]]', required: false },
  ],
  aggregate_root: true,
  metadata: { dynamic: true },
};

function enumJson({ fqn, values }: EnumKind): SimpleKindJson {
  return { fqn, runtime_kind: 'string', enum: values };
}

function kindJson(kind: Kind, own: readonly [string, Property][], successors: Successors | undefined): ComplexKindJson {
  return {
    fqn: kind.fqn,
    bases: kind.bases.map((base) => base.fqn),
    properties: own.map(([name, property]) => propertyJson(name, property)),
    allow_unknown_props: false,
    successor_kinds: successors === undefined ? null : { ...successors },
    aggregate_root: kind.aggregateRoot,
    metadata: kind.metadata ?? null,
  };
}

function propertyJson(name: string, property: Property): PropertyJson {
  const { type, required = false, description, metadata, synthetic } = property;
  return {
    name,
    // The only thing the core computes: how long ago a point in time is.
    kind: synthetic === undefined ? typeName(type) : 'trafo.duration_to_datetime',
    required,
    ...(description !== undefined && { description }),
    ...(metadata !== undefined && { metadata }),
    ...(synthetic !== undefined && { synthetic: { path: synthetic } }),
  };
}
