/** What goes together with a resource when that is deleted, as its kind declares. */
import { path } from '../kinds/readers.ts';
import type { Reader } from '../kinds/types.ts';
import type { TakenKind } from '../plugin/cleanup-contract.ts';
import type { NodeRow } from '../protocol/graph-line.ts';
import { guard, type Rules } from './judge.ts';
import { refused, type Verdict } from './outcome.ts';
import { textOf, title, type NodeName } from './marked-node.ts';

/** A node that goes together with another one. */
export interface TakenNode extends NodeName {
  /** Why it may not go: what it is, as `is protected`. */
  readonly guard: string | undefined;
}

/** Why a node stays that takes one that may not go; undefined when it takes none. */
export function guardedIn(takes: readonly TakenNode[]): Verdict | undefined {
  const kept = takes.find((node) => node.guard !== undefined);
  return kept === undefined ? undefined : refused(`it would take ${title(kept)} with it, which ${kept.guard}`);
}

interface Condition extends TakenKind {
  readonly isMet: (answer: unknown) => boolean;
}

export interface TakenOptions {
  readonly rules: Rules;
  /** Name of a node of the search. */
  readonly nameOf: (id: string) => NodeName | undefined;
}

/** Reads the rows of a search: nodes first, then edges. Remembers little of nodes that have nothing special. */
export class Taken {
  readonly #options: TakenOptions;
  /** Kind → what it takes. */
  readonly #takers = new Map<string, readonly Condition[]>();
  /** Kind → who takes it: found when it is asked for the first time. */
  readonly #conditions = new Map<string, readonly Condition[]>();
  /** Kind → itself and its bases. */
  readonly #lineages = new Map<string, readonly string[]>();
  readonly #gone = new Set<string>();
  readonly #guards = new Map<string, string>();
  readonly #unmet = new Map<string, ReadonlySet<Condition>>();
  readonly #edges = new Map<string, string[]>();

  constructor(options: TakenOptions) {
    this.#options = options;
    for (const { kind, kinds, cleanup } of [...options.rules.clouds.values()].flatMap((cloud) => [...cloud.values()])) {
      this.#lineages.set(kind, kinds);
      const takes = cleanup?.takes ?? [];
      if (takes.length > 0) this.#takers.set(kind, takes.map(condition));
    }
  }

  node(row: NodeRow): void {
    const conditions = this.#conditionsOf(textOf(row.reported['kind']));
    if (conditions.length === 0) return;
    if (row.metadata?.['cleaned'] === true) this.#gone.add(row.id);
    const guarded = guard(row, this.#options.rules);
    if (guarded !== undefined) this.#guards.set(row.id, guarded);
    const unmet = conditions.filter(({ isMet }) => !isMet(row.reported));
    if (unmet.length > 0) this.#unmet.set(row.id, new Set(unmet));
  }

  /** A default edge. */
  edge(from: NodeName, to: NodeName): void {
    const takes = this.#takers.get(from.kind);
    if (takes === undefined || this.#gone.has(to.id)) return;
    const unmet = this.#unmet.get(to.id);
    const conditions = this.#conditionsOf(to.kind);
    if (!takes.some((each) => conditions.includes(each) && unmet?.has(each) !== true)) return;
    const known = this.#edges.get(from.id);
    if (known === undefined) this.#edges.set(from.id, [to.id]);
    else known.push(to.id);
  }

  /** Everything that goes with a node, also with what goes with it. */
  of(id: string): readonly TakenNode[] {
    const direct = this.#edges.get(id);
    if (direct === undefined) return [];
    const found = new Set<string>();
    const open = [...direct];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === id || found.has(next)) continue;
      found.add(next);
      open.push(...(this.#edges.get(next) ?? []));
    }
    return [...found].flatMap((taken) => {
      const node = this.#options.nameOf(taken);
      return node === undefined ? [] : [{ ...nameOnly(node), guard: this.#guards.get(taken) }];
    });
  }

  #conditionsOf(kind: string): readonly Condition[] {
    const known = this.#conditions.get(kind);
    if (known !== undefined) return known;
    const lineage = this.#lineages.get(kind) ?? [kind];
    const found = [...this.#takers.values()].flat().filter((each) => lineage.includes(each.kind));
    this.#conditions.set(kind, found);
    return found;
  }
}

function nameOnly({ id, kind, name }: NodeName): NodeName {
  return { id, kind, name };
}

function condition(taken: TakenKind): Condition {
  const read: Reader | undefined = taken.when === undefined ? undefined : path(taken.when);
  return { ...taken, isMet: (reported) => read === undefined || [read(reported)].flat().includes(true) };
}
