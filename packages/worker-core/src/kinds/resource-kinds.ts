/** Kinds of stored nodes, which may be of another version of their plugin. */
import { baseKinds } from './base-generations.ts';
import { base } from './base-kinds.ts';
import { KindRegistry } from './registry.ts';
import type { NodeKind } from './types.ts';

export class ResourceKinds {
  readonly #registry: KindRegistry;

  /** @param kinds  of collectors, without base kinds */
  constructor(kinds: readonly NodeKind[]) {
    this.#registry = new KindRegistry([...baseKinds('resoto'), ...kinds]);
  }

  /** The kind of this name; `resource` when nobody knows it. */
  find(name: unknown): NodeKind {
    return (typeof name === 'string' ? this.#registry.get(name) : undefined) ?? base.resource;
  }
}

const computedByKind = new WeakMap<NodeKind, readonly string[]>();

/** Names of the properties the core computes. */
export function computedProperties(kind: NodeKind): readonly string[] {
  let names = computedByKind.get(kind);
  if (names === undefined) {
    names = Object.entries(kind.properties).flatMap(([name, { synthetic }]) => (synthetic === undefined ? [] : [name]));
    computedByKind.set(kind, names);
  }
  return names;
}
