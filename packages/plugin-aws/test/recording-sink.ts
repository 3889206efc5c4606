import type { EdgeType, GraphSink, NodeInput, NodeKind, NodeRef, Selector } from '@resoto/worker-core/plugin';

import { textOf } from '../src/values.ts';

export interface RecordedNode extends NodeInput {
  readonly kind: string;
}

/** A graph in memory, as a collector sees it. */
export class RecordingSink implements GraphSink {
  readonly cloud = 0 as NodeRef;
  readonly nodes: RecordedNode[] = [];
  readonly edges: string[] = [];
  readonly deferred: string[] = [];

  add(kind: NodeKind, node: NodeInput): NodeRef {
    return this.nodes.push({ kind: kind.fqn, ...node }) as NodeRef;
  }

  edge(from: NodeRef, to: NodeRef, type: EdgeType = 'default'): void {
    this.edges.push(`${this.#name(from)} ${type} ${this.#name(to)}`);
  }

  deferredEdge(from: Selector, to: Selector): void {
    this.deferred.push(`${JSON.stringify(from)} ${JSON.stringify(to)}`);
  }

  selector(ref: NodeRef): Selector {
    return { node_id: this.nodeId(ref) };
  }

  nodeId(ref: NodeRef): string {
    return this.#name(ref);
  }

  of(kind: string): RecordedNode[] {
    return this.nodes.filter((node) => node.kind === kind);
  }

  #name(ref: NodeRef): string {
    return textOf(this.nodes[ref - 1]?.reported['id']) || 'cloud';
  }
}
