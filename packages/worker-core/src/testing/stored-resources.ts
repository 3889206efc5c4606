import type { KindRegistry } from '../kinds/registry.ts';
import type { NodeKind } from '../kinds/types.ts';
import type { CleanupResource, CleanupSupport, Neighbour } from '../plugin/cleanup-contract.ts';
import type { StoredResource } from '../plugin/contract.ts';
import type { EdgeLine, NodeLine } from '../protocol/graph-line.ts';
import type { GraphLines } from './graph-problems.ts';

type Owners = StoredResource['owners'];

const ownerNames = ['cloud', 'account', 'region', 'zone'] as const;

/** Uploaded nodes as a plugin gets them that is asked to delete them. */
export class StoredResources {
  readonly #lines: GraphLines;
  readonly #registry: KindRegistry;
  readonly #nodes: ReadonlyMap<string, NodeLine>;
  readonly #edges = new Map<string, EdgeLine[]>();

  constructor(lines: GraphLines, registry: KindRegistry) {
    this.#lines = lines;
    this.#registry = registry;
    this.#nodes = new Map(lines.nodes.map((node) => [node.id, node]));
    for (const edge of lines.edges) {
      for (const end of new Set([edge.from, edge.to])) {
        const known = this.#edges.get(end);
        if (known === undefined) this.#edges.set(end, [edge]);
        else known.push(edge);
      }
    }
  }

  /** Nodes of a kind that are in one place, at most as many as one call takes. */
  inOneCall(kind: NodeKind, support: CleanupSupport): readonly CleanupResource[] {
    const { needs = [], existsBatch = 100 } = support.describe(kind) ?? {};
    const nodes = this.#lines.nodes.filter((node) => kindOf(node) === kind.fqn);
    const resources = nodes.map((node) => this.#resource(node, kind, needs));
    const [first] = resources;
    return resources.filter((resource) => placeOf(resource) === placeOf(first)).slice(0, existsBatch);
  }

  #resource({ id, reported, metadata = {} }: NodeLine, kind: NodeKind, needs: readonly string[]): CleanupResource {
    return { nodeId: id, kind, reported, metadata, owners: this.#owners(id), neighbours: this.#neighbours(id, needs) };
  }

  #owners(id: string): Owners {
    const owners: { -readonly [Name in keyof Owners]: Owners[Name] } = {};
    const seen = new Set([id]);
    for (const at of seen) {
      for (const { from, to, edge_type: type = 'default' } of this.#edges.get(at) ?? []) {
        const node = this.#nodes.get(from);
        if (to !== at || type !== 'default' || node === undefined || seen.has(from)) continue;
        const kind = kindOf(node);
        const name = ownerNames.find((owner) => this.#registry.derivesFrom(kind, owner));
        if (name !== undefined) owners[name] ??= node.reported;
        seen.add(from);
      }
    }
    return owners;
  }

  #neighbours(id: string, needs: readonly string[]): Neighbour[] {
    return (this.#edges.get(id) ?? []).flatMap(({ from, to, edge_type: edgeType = 'default' }): Neighbour[] => {
      const node = this.#nodes.get(from === id ? to : from);
      if (node === undefined || !needs.includes(kindOf(node))) return [];
      const direction = from === id ? 'out' : 'in';
      return [{ nodeId: node.id, kind: kindOf(node), reported: node.reported, edgeType, direction, stays: true }];
    });
  }
}

function kindOf({ reported: { kind } }: NodeLine): string {
  return typeof kind === 'string' ? kind : '';
}

function placeOf(resource: CleanupResource | undefined): string {
  const { account, region } = resource?.owners ?? {};
  return JSON.stringify([account?.['id'], region?.['id']]);
}
