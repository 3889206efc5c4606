import type { NodeRef } from '@resoto/worker-core/plugin';

export interface NotedNode {
  readonly ref: NodeRef;
  readonly id: string;
  readonly name: string;
}

interface RegionName {
  readonly id: string;
  readonly name: string;
}

/** Nodes of an account that edges without a property to follow are drawn to. All others are not kept. */
export class NodeIndex {
  readonly #kinds: ReadonlySet<string>;
  readonly #nodes = new Map<string, NotedNode[]>();

  /** @param kinds  kinds whose nodes are kept */
  constructor(kinds: Iterable<string>) {
    this.#kinds = new Set(kinds);
  }

  note(kind: string, region: RegionName, node: NotedNode): void {
    if (!this.#kinds.has(kind)) return;
    for (const key of [byName(kind, region.name), byId(kind, region.id)]) {
      const nodes = this.#nodes.get(key);
      if (nodes === undefined) this.#nodes.set(key, [node]);
      else nodes.push(node);
    }
  }

  /** Nodes of one region. */
  in(kind: string, region: RegionName): readonly NotedNode[] {
    return this.#nodes.get(byName(kind, region.name)) ?? [];
  }

  /** Nodes of all regions with that id: the one of the global services shares its id with a real one. */
  at(kind: string, regionId: string): readonly NotedNode[] {
    return this.#nodes.get(byId(kind, regionId)) ?? [];
  }
}

function byName(kind: string, name: string): string {
  return `${kind} name ${name}`;
}

function byId(kind: string, id: string): string {
  return `${kind} id ${id}`;
}
