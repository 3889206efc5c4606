import type { Kind, NodeKind, Permissions } from './types.ts';

/** A property some reference looks nodes up by. */
export interface ReferenceTarget {
  readonly kind: string;
  readonly property: string;
}

/** Node kinds by name, with what follows from all of them together. Kinds that are only bases of the given ones are known too. */
export class KindRegistry {
  readonly #kinds = new Map<string, NodeKind>();
  readonly #bases = new Map<string, ReadonlySet<string>>();
  readonly #targets = new Map<string, ReferenceTarget[]>();

  constructor(kinds: readonly NodeKind[]) {
    for (const kind of kinds) this.#add(kind);
    for (const kind of this.#kinds.values()) {
      for (const { to, by } of kind.references) this.#addTarget({ kind: to, property: by });
    }
  }

  get kinds(): readonly NodeKind[] {
    return [...this.#kinds.values()];
  }

  get(fqn: string): NodeKind | undefined {
    return this.#kinds.get(fqn);
  }

  /** Names of a kind and everything it derives from, nearest first. Of an unknown kind only its own name. */
  lineage(fqn: string): ReadonlySet<string> {
    return this.#bases.get(fqn) ?? new Set([fqn]);
  }

  derivesFrom(fqn: string, base: string): boolean {
    return this.lineage(fqn).has(base);
  }

  /** What references may look a node of this kind up by, because they refer to it or to one of its bases. */
  targets(fqn: string): readonly ReferenceTarget[] {
    return [...this.lineage(fqn)].flatMap((name) => this.#targets.get(name) ?? []);
  }

  /** Everything all kinds together need, sorted. */
  permissions(): Required<Permissions> {
    const all = (purpose: keyof Permissions): string[] => {
      const names = this.kinds.flatMap((kind) => kind.permissions[purpose] ?? []);
      return [...new Set(names)].sort();
    };
    return { collect: all('collect'), tag: all('tag'), cleanup: all('cleanup') };
  }

  #add(kind: NodeKind): void {
    const known = this.#kinds.get(kind.fqn);
    if (known !== undefined && known !== kind) {
      throw new TypeError(
        `Two different kinds have the name ${kind.fqn}. Declare it once and share it, or rename one.`,
      );
    }
    if (known !== undefined) return;
    this.#kinds.set(kind.fqn, kind);
    this.#bases.set(kind.fqn, lineageOf(kind));
    for (const base of kind.bases) if (base.aggregateRoot) this.#add(base);
  }

  #addTarget(target: ReferenceTarget): void {
    const known = this.#targets.get(target.kind) ?? [];
    this.#targets.set(target.kind, known);
    if (!known.some(({ property }) => property === target.property)) known.push(target);
  }
}

function lineageOf(kind: Kind): Set<string> {
  const names = new Set<string>();
  const open: Kind[] = [kind];
  for (const next of open) {
    if (names.has(next.fqn)) continue;
    names.add(next.fqn);
    open.push(...next.bases);
  }
  return names;
}
