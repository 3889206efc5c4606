import type { EdgeDirection, Kind, NodeKind, Successors } from './types.ts';

/** Kinds that may follow each kind, as its references, those of the kinds that refer to it, and its declaration say. Only known kinds. */
export function successorsOf(kinds: readonly Kind[]): ReadonlyMap<string, Successors> {
  const known = new Set(kinds.map((kind) => kind.fqn));
  const found = new Map<string, { default: Set<string>; delete: Set<string> }>();
  const add = (from: string, to: string, type: keyof Successors): void => {
    if (!known.has(from) || !known.has(to)) return;
    const entry = found.get(from) ?? { default: new Set(), delete: new Set() };
    found.set(from, entry);
    entry[type].add(to);
  };
  for (const kind of kinds) if (kind.aggregateRoot) addSuccessors(kind, add);
  return new Map(Array.from(found, ([fqn, entry]) => [fqn, sorted(entry)]));
}

function addSuccessors(kind: NodeKind, add: (from: string, to: string, type: keyof Successors) => void): void {
  for (const type of ['default', 'delete'] as const) {
    for (const to of kind.successors?.[type] ?? []) add(kind.fqn, to, type);
    for (const reference of kind.references) {
      const direction: EdgeDirection | undefined = reference[type];
      if (direction === 'out') add(kind.fqn, reference.to, type);
      if (direction === 'in') add(reference.to, kind.fqn, type);
    }
  }
}

function sorted(entry: { readonly default: ReadonlySet<string>; readonly delete: ReadonlySet<string> }): Successors {
  return {
    ...(entry.default.size > 0 && { default: [...entry.default].sort() }),
    ...(entry.delete.size > 0 && { delete: [...entry.delete].sort() }),
  };
}
