import type { GraphProblem } from './problems.ts';

/** The complete graph of one account on disk, without graph root and cloud. Plain data: it travels between threads. */
export interface FinishedGraph {
  readonly directory: string;
  readonly files: { readonly nodes: string; readonly edges: string; readonly deferredEdges: string };
  readonly nodes: number;
  readonly edges: number;
  readonly deferredEdges: number;
  readonly bytes: number;
  /** Node id of the account. */
  readonly account: string;
  /** Nodes that were kept from an earlier collect. */
  readonly carried: number;
  readonly kindCounts: ReadonlyMap<string, number>;
  /** What was repaired, left out or not found. */
  readonly problems: readonly GraphProblem[];
}
