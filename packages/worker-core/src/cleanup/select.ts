/** What a cleanup asks the core, and what it makes of the answer (worker behaviour 7.2). */
import type { CoreClient } from '../core-client/core-client.ts';
import type { Neighbour } from '../plugin/cleanup-contract.ts';
import type { EdgeRow, NodeRow } from '../protocol/graph-line.ts';
import type { JsonObject } from '../protocol/json.ts';
import { quotedList } from '../protocol/query-text.ts';
import { judge, type Rules } from './judge.ts';
import {
  isMarked,
  markedNode,
  nodeName,
  ownerId,
  textOf,
  title,
  type MarkedNode,
  type NodeName,
} from './marked-node.ts';
import type { Verdict } from './outcome.ts';
import { guardedIn, Taken, type TakenNode } from './taken.ts';

/** The search of the reference worker, to the letter. */
export function cleanupQuery(collectors: readonly string[]): string {
  const marked = '/desired.clean == true and /metadata.cleaned != true and /metadata.protected!=true';
  const clouds = collectors.length === 0 ? '' : ` and /ancestors.cloud.reported.id in ${quotedList(collectors)}`;
  return `${marked}${clouds} <-default,delete[0:]->`;
}

/** A marked node, and why it is not deleted, if so. */
export interface Candidate {
  readonly node: MarkedNode;
  readonly verdict: Verdict | undefined;
  /** Those stay that are not gone; whether they are deleted as well is known by the plan. */
  readonly neighbours: readonly Neighbour[];
  /** What goes with it. */
  readonly takes: readonly TakenNode[];
}

/** A node that is not marked. */
export interface OtherNode extends NodeName {
  /** An earlier cleanup deleted it, so it is in nobody's way. */
  readonly isGone: boolean;
}

/** Marked nodes, and what lies between them. */
export interface Selection {
  /** Every marked node of the answer. */
  readonly candidates: readonly Candidate[];
  /** All other nodes at the end of a delete edge. */
  readonly others: readonly OtherNode[];
  /** Delete edges: the second node has to go before the first. */
  readonly edges: readonly (readonly [from: string, to: string])[];
  /** Edges to nodes the answer does not have. */
  readonly brokenEdges: number;
  /** Accounts of which some kinds could not be listed by the last collect. */
  readonly incomplete: readonly IncompleteAccount[];
}

export interface IncompleteAccount {
  readonly name: string;
  readonly kinds: readonly string[];
}

/**
 * Reads what is marked.
 *
 * @throws CoreError and ConnectionClosedError of the search
 */
export async function select(
  core: CoreClient,
  graph: string,
  collectors: readonly string[],
  rules: Rules,
  signal?: AbortSignal,
): Promise<Selection> {
  const selector = new Selector(rules);
  const rows = core.searchGraph(graph, cleanupQuery(collectors), {
    section: 'reported',
    ...(signal !== undefined && { signal }),
  });
  for await (const row of rows) {
    if (row.type === 'node') selector.node(row);
    else selector.edge(row);
  }
  return selector.selection();
}

/** Keeps little of the many nodes that are not marked: their properties only where a marked one needs them. */
export class Selector {
  readonly #rules: Rules;
  readonly #taken: Taken;
  readonly #needed: ReadonlySet<string>;
  readonly #marked = new Map<string, { readonly node: MarkedNode; readonly verdict: Verdict | undefined }>();
  readonly #others = new Map<string, OtherNode>();
  readonly #reported = new Map<string, JsonObject>();
  readonly #gone = new Set<string>();
  readonly #neighbours = new Map<string, Neighbour[]>();
  readonly #edges: (readonly [string, string])[] = [];
  readonly #connected = new Set<string>();
  readonly #incomplete: IncompleteAccount[] = [];
  #brokenEdges = 0;

  constructor(rules: Rules) {
    this.#rules = rules;
    this.#taken = new Taken({ rules, nameOf: (id) => this.#nameOf(id) });
    const kinds = [...rules.clouds.values()].flatMap((cloud) => [...cloud.values()]);
    this.#needed = new Set(kinds.flatMap(({ cleanup }) => cleanup?.needs ?? []));
  }

  node(row: NodeRow): void {
    if (isMarked(row)) this.#marked.set(row.id, { node: markedNode(row), verdict: judge(row, this.#rules) });
    else this.#others.set(row.id, { ...nodeName(row), isGone: row.metadata?.['cleaned'] === true });
    this.#noteIncomplete(row);
    this.#taken.node(row);
    if (!this.#needed.has(textOf(row.reported['kind']))) return;
    this.#reported.set(row.id, row.reported);
    if (row.metadata?.['cleaned'] === true) this.#gone.add(row.id);
  }

  /** Edges come after their nodes. */
  edge({ from: source, to: target, edge_type: edgeType = 'default' }: EdgeRow): void {
    const [from, to] = [this.#known(source), this.#known(target)];
    if (from === undefined || to === undefined) {
      this.#brokenEdges += 1;
      return;
    }
    this.#addNeighbour(from, to, { edgeType, direction: 'out' });
    this.#addNeighbour(to, from, { edgeType, direction: 'in' });
    if (edgeType !== 'delete') {
      this.#noteTaken(from, to);
      return;
    }
    this.#edges.push([from, to]);
    this.#connected.add(from).add(to);
  }

  selection(): Selection {
    return {
      candidates: [...this.#marked.values()].map(({ node, verdict }) => {
        const takes = this.#taken.of(node.id);
        const neighbours = this.#neighbours.get(node.id) ?? [];
        return { node, verdict: verdict ?? guardedIn(takes), neighbours, takes };
      }),
      others: [...this.#others.values()].filter(({ id }) => this.#connected.has(id)),
      edges: this.#edges,
      brokenEdges: this.#brokenEdges,
      incomplete: this.#incomplete,
    };
  }

  #noteIncomplete({ reported, metadata = {}, ancestors = {} }: NodeRow): void {
    const kinds = metadata['incomplete'];
    if (!Array.isArray(kinds) || kinds.length === 0) return;
    const node = markedNode({ id: '', type: 'node', reported, ancestors });
    const description = this.#rules.clouds.get(ownerId(node, 'cloud') ?? '')?.get(node.kind);
    if (description?.kinds.includes('account') !== true) return;
    this.#incomplete.push({ name: title(node), kinds: kinds.map(textOf) });
  }

  /** The id as its node has it: one text for all edges, of which there may be many. */
  #known(id: string): string | undefined {
    return this.#marked.get(id)?.node.id ?? this.#others.get(id)?.id;
  }

  #nameOf(id: string): NodeName | undefined {
    return this.#marked.get(id)?.node ?? this.#others.get(id);
  }

  #noteTaken(from: string, to: string): void {
    const [taker, taken] = [this.#nameOf(from), this.#nameOf(to)];
    if (taker !== undefined && taken !== undefined) this.#taken.edge(taker, taken);
  }

  #addNeighbour(of: string, nodeId: string, edge: Pick<Neighbour, 'edgeType' | 'direction'>): void {
    const reported = this.#reported.get(nodeId);
    const node = this.#marked.get(of)?.node;
    if (reported === undefined || node === undefined) return;
    const cloud = ownerId(node, 'cloud') ?? '';
    const kind = textOf(reported['kind']);
    if (this.#rules.clouds.get(cloud)?.get(node.kind)?.cleanup?.needs?.includes(kind) !== true) return;
    const known = this.#neighbours.get(of);
    const neighbour: Neighbour = { nodeId, kind, reported, stays: !this.#gone.has(nodeId), ...edge };
    if (known === undefined) this.#neighbours.set(of, [neighbour]);
    else known.push(neighbour);
  }
}
