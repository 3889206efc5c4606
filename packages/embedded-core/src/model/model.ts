import type { ComplexKind, Kind, Property, SimpleKind } from './kind.ts';
import { PREDEFINED } from './predefined.ts';
import type { Type } from './type.ts';

/** Where a property path leads: the scalar at its end, and for computed properties the path of their source. */
export interface PropertyAt {
  readonly kind: SimpleKind;
  readonly source: readonly string[] | undefined;
}

/** A set of kinds, complete in itself, with the questions that are asked about it. Never changes. */
export class Model {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly #lines = new Map<string, ReadonlySet<string>>();
  readonly #derived = new Map<string, readonly string[]>();
  readonly #properties = new Map<string, ReadonlyMap<string, Property>>();
  readonly #synthetic = new Map<string, readonly Property[]>();
  #byName: Map<string, Property[]> | undefined;

  /** @param own  kinds beside the predefined ones */
  constructor(own: Iterable<Kind>) {
    const kinds = new Map(PREDEFINED);
    for (const kind of own) if (!PREDEFINED.has(kind.fqn)) kinds.set(kind.fqn, kind);
    this.kinds = kinds;
  }

  complex(fqn: string): ComplexKind | undefined {
    const kind = this.kinds.get(fqn);
    return kind?.is === 'complex' ? kind : undefined;
  }

  /** The kind and all its bases. A kind the model does not know is its only base. */
  lineOf(fqn: string): ReadonlySet<string> {
    const known = this.#lines.get(fqn);
    if (known !== undefined) return known;
    const line = new Set([fqn]);
    for (const base of line) for (const next of this.complex(base)?.bases ?? []) line.add(next);
    this.#lines.set(fqn, line);
    return line;
  }

  isA(fqn: string, base: string): boolean {
    return this.lineOf(fqn).has(base);
  }

  /** The kind and all kinds derived from it. */
  derivedFrom(base: string): readonly string[] {
    const known = this.#derived.get(base);
    if (known !== undefined) return known;
    const derived = [...this.kinds.keys()].filter((fqn) => this.isA(fqn, base));
    this.#derived.set(base, derived);
    return derived;
  }

  /** All properties of a complex kind, those of its bases first. */
  propertiesOf(fqn: string): ReadonlyMap<string, Property> {
    const known = this.#properties.get(fqn);
    if (known !== undefined) return known;
    const properties = new Map<string, Property>();
    for (const name of [...this.lineOf(fqn)].toReversed()) {
      for (const property of this.complex(name)?.properties ?? []) properties.set(property.name, property);
    }
    this.#properties.set(fqn, properties);
    return properties;
  }

  /** The properties of a kind the core computes. */
  syntheticOf(fqn: string): readonly Property[] {
    const known = this.#synthetic.get(fqn);
    if (known !== undefined) return known;
    const synthetic = [...this.propertiesOf(fqn).values()].filter((property) => property.synthetic !== undefined);
    this.#synthetic.set(fqn, synthetic);
    return synthetic;
  }

  /**
   * The scalar a path leads to in any node; array marks in the path do not matter. Undefined when no kind has such a
   * property, or it holds anything.
   */
  propertyAt(path: readonly string[]): PropertyAt | undefined {
    const [name, ...rest] = path;
    if (name === undefined) return undefined;
    for (const property of this.#propertiesNamed(name)) {
      const found = this.#descend(property, rest, []);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #descend(property: Property, rest: readonly string[], before: readonly string[]): PropertyAt | undefined {
    const kind = this.#scalarAt(property.type, rest, [...before, property.name]);
    if (kind === undefined || property.synthetic === undefined) return kind;
    return { kind: kind.kind, source: [...before, ...property.synthetic] };
  }

  #scalarAt(type: Type, rest: readonly string[], before: readonly string[]): PropertyAt | undefined {
    if (type.is === 'array') return this.#scalarAt(type.of, rest, before);
    const [name, ...below] = rest;
    if (type.is === 'dictionary') {
      return name === undefined ? undefined : this.#scalarAt(type.of, below, [...before, name]);
    }
    const kind = this.kinds.get(type.name);
    if (kind?.is === 'simple')
      return name === undefined && kind.runtime !== 'any' ? { kind, source: undefined } : undefined;
    const property = name === undefined ? undefined : this.propertiesOf(type.name).get(name);
    return property && this.#descend(property, below, before);
  }

  #propertiesNamed(name: string): readonly Property[] {
    if (this.#byName === undefined) {
      this.#byName = new Map();
      for (const kind of this.kinds.values()) {
        if (kind.is !== 'complex' || !kind.aggregateRoot) continue;
        for (const property of kind.properties) {
          const same = this.#byName.get(property.name);
          if (same === undefined) this.#byName.set(property.name, [property]);
          else if (!same.some((other) => other.type === property.type)) same.push(property);
        }
      }
    }
    return this.#byName.get(name) ?? [];
  }
}
