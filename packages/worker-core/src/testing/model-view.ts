/** A model as a core sees it: kinds with everything they inherit (protocol 7.3). */
import { predefinedKinds, type ComplexKindJson, type KindJson, type SimpleKindJson } from '../protocol/model-json.ts';

export type ModelType =
  | { readonly is: 'kind'; readonly name: string }
  | { readonly is: 'list'; readonly of: ModelType }
  | { readonly is: 'dictionary'; readonly of: ModelType };

export interface ModelProperty {
  readonly name: string;
  readonly type: ModelType;
  readonly required: boolean;
  readonly synthetic: boolean;
}

export class ModelView {
  readonly #kinds: ReadonlyMap<string, KindJson>;
  readonly #properties = new Map<string, ReadonlyMap<string, ModelProperty>>();

  constructor(kinds: readonly KindJson[]) {
    this.#kinds = new Map(kinds.map((kind) => [kind.fqn, kind]));
  }

  get complexKinds(): readonly ComplexKindJson[] {
    return [...this.#kinds.values()].filter(isComplex);
  }

  knows(fqn: string): boolean {
    return this.#kinds.has(fqn) || predefinedKinds.has(fqn);
  }

  simple(fqn: string): SimpleKindJson | undefined {
    const kind = this.#kinds.get(fqn);
    return kind === undefined || isComplex(kind) ? undefined : kind;
  }

  complex(fqn: string): ComplexKindJson | undefined {
    const kind = this.#kinds.get(fqn);
    return kind !== undefined && isComplex(kind) ? kind : undefined;
  }

  /** A kind and everything it derives from. */
  lineage(fqn: string): ReadonlySet<string> {
    const names = new Set([fqn]);
    for (const name of names) for (const base of this.complex(name)?.bases ?? []) names.add(base);
    return names;
  }

  /** Own and inherited properties. */
  properties(fqn: string): ReadonlyMap<string, ModelProperty> {
    const known = this.#properties.get(fqn);
    if (known !== undefined) return known;
    const found = [...this.lineage(fqn)].flatMap((name) => ownProperties(this.complex(name)));
    const properties = new Map(found.map((property) => [property.name, property]));
    this.#properties.set(fqn, properties);
    return properties;
  }
}

export function ownProperties(kind: ComplexKindJson | undefined): ModelProperty[] {
  return (kind?.properties ?? []).map(({ name, kind: type, required = false, synthetic }) => ({
    name,
    type: parseType(type),
    required,
    synthetic: synthetic !== undefined,
  }));
}

function parseType(text: string): ModelType {
  if (text.endsWith('[]')) return { is: 'list', of: parseType(text.slice(0, -2)) };
  const dictionary = /^dictionary\[\s*\w+\s*,\s*(.*)\]$/.exec(text)?.[1];
  return dictionary === undefined ? { is: 'kind', name: text } : { is: 'dictionary', of: parseType(dictionary) };
}

function isComplex(kind: KindJson): kind is ComplexKindJson {
  return !('runtime_kind' in kind);
}
