import { isDeepStrictEqual } from 'node:util';

import { typeName } from './property-type.ts';
import type { EnumKind, Kind, NodeKind, Property, PropertyType } from './types.ts';

/** All kinds of a model: those given, and everything they are made of. Bases stand before what derives from them. */
export class ModelKinds {
  readonly #kinds = new Map<string, Kind>();
  readonly #enums = new Map<string, EnumKind>();

  /** @param baseKinds  of the generation of the core; they stand for those the plugins were declared with */
  constructor(baseKinds: readonly NodeKind[]) {
    for (const kind of baseKinds) this.add(kind);
  }

  get kinds(): readonly Kind[] {
    return [...this.#kinds.values()];
  }

  get enums(): readonly EnumKind[] {
    return [...this.#enums.values()];
  }

  /** @throws TypeError when another kind has the same name */
  add(kind: Kind): void {
    const known = this.#kinds.get(kind.fqn);
    if (known !== undefined) return requireSameKind(known, kind);
    for (const base of kind.bases) this.add(base);
    this.#kinds.set(kind.fqn, kind);
    for (const [, property] of this.own(kind)) this.#addType(property.type);
  }

  /** Properties the kind adds to those of its bases. */
  own(kind: Kind): [string, Property][] {
    return Object.entries(kind.properties).filter(([name, property]) => {
      if (!kind.own.includes(name)) return false;
      const inherited = this.#inherited(kind, name);
      if (inherited !== undefined && typeName(inherited.type) !== typeName(property.type)) {
        throw new TypeError(
          `Property "${name}" of ${kind.fqn} is ${typeName(inherited.type)} in a base of it. Give it that type, or another name.`,
        );
      }
      return inherited === undefined;
    });
  }

  // A base kind of another generation may declare what the kind adds itself.
  #inherited(kind: Kind, name: string): Property | undefined {
    for (const { fqn } of kind.bases) {
      const base = this.#kinds.get(fqn);
      const property = base?.own.includes(name) === true ? base.properties[name] : base && this.#inherited(base, name);
      if (property !== undefined) return property;
    }
    return undefined;
  }

  #addType(type: PropertyType): void {
    switch (type.is) {
      case 'simple':
        return;
      case 'enum':
        return this.#addEnum(type.kind);
      case 'object':
        return this.add(type.kind);
      case 'list':
      case 'dictionary':
        return this.#addType(type.of);
    }
  }

  #addEnum(kind: EnumKind): void {
    const known = this.#enums.get(kind.fqn);
    if (known !== undefined && !isDeepStrictEqual(known.values, kind.values)) throw twoKinds(kind.fqn);
    this.#enums.set(kind.fqn, kind);
  }
}

function requireSameKind(known: Kind, kind: Kind): void {
  if (known === kind || ('base' in known && known.base && 'base' in kind && kind.base)) return;
  throw twoKinds(kind.fqn);
}

function twoKinds(fqn: string): TypeError {
  return new TypeError(`Two different kinds have the name ${fqn}. Declare it once and share it, or rename one.`);
}
