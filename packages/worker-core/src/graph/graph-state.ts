import { join } from 'node:path';

import { WorkerError } from '../errors.ts';
import type { Checked } from '../kinds/check.ts';
import type { NodeKind } from '../kinds/types.ts';
import { generationNames } from '../protocol/generation.ts';
import type { EdgeType, Selector } from '../protocol/graph-line.ts';
import { stringifyJson, type JsonObject } from '../protocol/json.ts';
import { formatTimestamp } from '../protocol/timestamp.ts';
import type { AccountGraphOptions } from './account-graph.ts';
import { lineText, nodeText } from './describe.ts';
import { GraphEdges } from './graph-edges.ts';
import { cloudNodeId } from './header.ts';
import { LineWriter } from './line-writer.ts';
import { nodeMetadata, usageSection, type CheckedLine, type NodeState } from './node-line.ts';
import { NodeSpool } from './node-spool.ts';
import { nodeKey, NodeTable, type NodeEntry } from './node-table.ts';
import { NodeTypes } from './node-type.ts';
import { none } from './number-list.ts';
import { noOwners, ownersBelow, OwnerTable } from './owners.ts';
import { Problems } from './problems.ts';
import { References } from './references.ts';

/** Number of the cloud. It has no line in the graph of an account. */
export const cloudNode = 0;

/** What a line says beside the properties. */
export interface Sections {
  readonly state: NodeState;
  readonly metadata?: JsonObject | undefined;
  readonly usage?: JsonObject | undefined;
}

/** Everything that is kept of a graph while it is built. */
export class GraphState {
  readonly options: AccountGraphOptions;
  readonly now: string;
  readonly creationTag: string;
  readonly references: References;
  readonly types: NodeTypes;
  readonly owners = new OwnerTable();
  readonly nodes = new NodeTable();
  readonly edges: GraphEdges;
  readonly spool: NodeSpool;
  readonly deferred: LineWriter;
  readonly problems = new Problems();
  account: number | undefined;
  organizationalRoot: number | undefined;
  carried = 0;
  /** Why nothing more is taken, and nothing will come out. */
  failure: WorkerError | undefined;

  constructor(options: AccountGraphOptions) {
    const { generation, registry, cloud, now, directory, write } = options;
    const names = generationNames[generation];
    this.options = options;
    this.now = formatTimestamp(now) ?? '';
    this.creationTag = `${names.tagPrefix}ctime`;
    this.references = new References(registry);
    this.types = new NodeTypes(registry, this.references, generation);
    this.edges = new GraphEdges(this.nodes, names.edgeTypes);
    const owners = this.owners.add(ownersBelow(noOwners, ['cloud', cloud.id]));
    this.nodes.add({ key: nodeKey(cloudNodeId(cloud.id)), type: 0, owners });
    this.spool = new NodeSpool(directory, write);
    this.deferred = new LineWriter(join(directory, 'deferred.ndjson'), write);
  }

  /** Throws what ended this graph. */
  assertUsable(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  /** Adds a node that is not there. Throws WorkerError `too_many_nodes`. */
  addNode(entry: NodeEntry): number {
    const { maxNodes = Infinity } = this.options;
    if (this.nodes.size > maxNodes) {
      this.failure = new WorkerError('too_many_nodes', `The account has more than ${maxNodes} nodes`, {
        hint: 'Raise max_resources_per_account, or exclude kinds from the collect.',
      });
      throw this.failure;
    }
    return this.nodes.add(entry);
  }

  /** Takes a node as the account of this graph. There is only one. */
  setAccount(node: number, parent: number): void {
    this.account = node;
    this.edges.setParent(node, parent);
  }

  /** What an account node says beside others. One that was not seen now keeps the time at which it was. */
  accountState(stored?: JsonObject): NodeState {
    const exported = stored?.['exported_at'];
    return {
      replace: this.options.mergeKind === 'account',
      exportedAt: typeof exported === 'string' ? exported : this.now,
    };
  }

  addEdge(from: number, to: number, type: EdgeType): void {
    if (this.edges.add(from, to, type)) return;
    const subject = `${type} edges of ${this.kindOf(from)}`;
    this.problems.add('refused_edge', subject, () => `${this.text(from)} → ${this.text(to)}`);
  }

  addDeferredEdge(from: Selector, to: Selector, type: EdgeType): void {
    this.assertUsable();
    this.deferred.writeLine(stringifyJson({ from_selector: from, to_selector: to, edge_type: type }));
  }

  /** Counts the properties the check left out. */
  addWrongProperties(kind: NodeKind, id: string, { problems }: Checked): void {
    for (const { path, expected, value } of problems) {
      const property = path.split(/[.[]/, 1)[0] ?? path;
      const example = `${path} of ${id} (${expected}): ${value}`;
      this.problems.add('wrong_property', `${kind.fqn}.${property}`, () => example);
    }
  }

  line(id: string, kind: NodeKind, { reported }: Checked, { state, metadata, usage }: Sections): CheckedLine {
    const { generation, flags } = this.options;
    const flag = flags?.get(id);
    const all: NodeState = {
      ...flag,
      ...state,
      protected: state.protected === true || flag?.protected === true,
      cleaned: state.cleaned === true || flag?.cleaned === true,
    };
    return {
      id,
      reported,
      metadata: nodeMetadata(kind, generation, all, metadata),
      ...usageSection(generation, usage),
    };
  }

  kindOf(node: number): string {
    return this.types.get(this.nodes.type(node)).kind.fqn;
  }

  /** A node in words. Not before all nodes were written. */
  text(node: number): string {
    const { id, name } = this.options.cloud;
    if (node === none) return 'graph_root root';
    return node === cloudNode ? nodeText('cloud', id, name) : lineText(this.spool.read(node));
  }
}
