import { baseKinds } from '../kinds/base-generations.ts';
import { sameType } from '../kinds/property-type.ts';
import type { KindRegistry } from '../kinds/registry.ts';
import type { NodeKind, Property, Reported } from '../kinds/types.ts';
import type { Generation } from '../protocol/generation.ts';
import type { Key } from '../protocol/python-text.ts';
import { baseKind } from './header.ts';
import { ownerKinds, type Owner, type OwnerIds } from './owners.ts';
import type { KindReferences, References } from './references.ts';

/** What a graph has to know about the nodes of a kind, worked out once. */
export interface NodeType {
  readonly kind: NodeKind;
  /** What its properties have to be: a base kind of the generation may be stricter than that the kind was declared with. */
  readonly checkedAs: NodeKind;
  /** What a node of this kind is to those below it. */
  readonly owns: Owner | undefined;
  /** Of these a body may have only one (protocol 7.7). */
  readonly isOrganizationalRoot: boolean;
  /** The values a node is identified by (protocol 7.10). */
  readonly identity: (reported: Reported, id: string, owners: OwnerIds) => Key[];
  readonly references: KindReferences;
}

/** Numbers the kinds of a graph. Number 0 is the cloud, which no plugin has to bring. */
export class NodeTypes {
  readonly #registry: KindRegistry;
  readonly #references: References;
  readonly #generation: Generation;
  readonly #numbers = new Map<NodeKind, number>();
  readonly #types: NodeType[] = [];

  constructor(registry: KindRegistry, references: References, generation: Generation) {
    this.#registry = registry;
    this.#generation = generation;
    this.#references = references;
    this.#add(baseKind(generation, 'cloud'));
  }

  /** Number of a kind. Undefined when it is not one of the registry, so that the core would not know it. */
  numberOf(kind: NodeKind): number | undefined {
    const known = this.#numbers.get(kind);
    if (known !== undefined) return known;
    return this.#registry.get(kind.fqn) === kind ? this.#add(kind) : undefined;
  }

  get(number: number): NodeType {
    const type = this.#types[number];
    if (type === undefined) throw new RangeError(`No kind has the number ${number}`);
    return type;
  }

  #add(kind: NodeKind): number {
    const lineage = this.#registry.lineage(kind.fqn);
    const number = this.#types.push({
      kind,
      checkedAs: inGeneration(kind, lineage, this.#generation),
      owns: [...ownerKinds].find(([fqn]) => lineage.has(fqn))?.[1],
      isOrganizationalRoot: lineage.has('organizational_root'),
      identity: identityOf(kind, lineage),
      references: this.#references.prepare(kind),
    });
    this.#numbers.set(kind, number - 1);
    return number - 1;
  }
}

function inGeneration(kind: NodeKind, lineage: ReadonlySet<string>, generation: Generation): NodeKind {
  const changed: Record<string, Property> = {};
  for (const { properties } of baseKinds(generation).filter(({ fqn }) => lineage.has(fqn))) {
    for (const [name, { type }] of Object.entries(properties)) {
      const property = kind.properties[name];
      if (property !== undefined && !sameType(property.type, type)) changed[name] = { ...property, type };
    }
  }
  return Object.keys(changed).length === 0 ? kind : { ...kind, properties: { ...kind.properties, ...changed } };
}

function identityOf(kind: NodeKind, lineage: ReadonlySet<string>): NodeType['identity'] {
  const isDns = lineage.has('dns_record') || lineage.has('dns_record_set');
  return (reported, id, { cloud, account, region, zone, dnsZone }) => {
    const keys: Key[] = [kind.fqn, cloud, account, region, zone];
    if (isDns) keys.push(dnsZone);
    keys.push(id);
    for (const property of kind.identity) {
      const value = key(reported[property]);
      // Records have a fixed number of keys; everywhere else a missing one shortens the tuple.
      if (value !== null || isDns) keys.push(value);
    }
    return keys;
  };
}

function key(value: unknown): Key {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'bigint':
    case 'boolean':
      return value;
    default:
      return null;
  }
}
