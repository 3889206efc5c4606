/** What became of a cleanup: plain data for summaries, metrics and answers. */
import type { PlainError } from '../collect/plain-error.ts';
import { ownerId, ownerLabel, type MarkedNode, type NodeName } from './marked-node.ts';
import { outcomes, type Outcome, type Verdict } from './outcome.ts';

/** How a run ended, and every marked node of it. */
export interface CleanupReport {
  readonly startedAt: string;
  readonly seconds: number;
  /** Nothing was deleted, because that is how it is configured. */
  readonly dryRun: boolean;
  /** Every marked node, each with its one outcome. */
  readonly nodes: readonly NodeOutcome[];
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly warnings: readonly string[];
  /** Why the run as a whole failed, or was stopped. */
  readonly error?: PlainError;
}

/** How a node ended, with the names of what it belongs to. */
export interface NodeOutcome {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly cloud: string;
  readonly account: string;
  readonly region: string;
  readonly outcome: Outcome;
  readonly reason: string;
}

/** One line of a summary: resources of a kind in an account. */
export interface SummaryRow {
  readonly account: string;
  readonly kind: string;
  readonly counts: Readonly<Record<Outcome, number>>;
}

export function outcomeCounts(nodes: Iterable<Pick<NodeOutcome, 'outcome'>>): Record<Outcome, number> {
  const counts: Record<Outcome, number> = { ...noOutcomes };
  for (const { outcome } of nodes) counts[outcome] += 1;
  return counts;
}

/** What became of a node. */
export function nodeOutcome(
  { id, kind, name, owners }: NodeName & Pick<MarkedNode, 'owners'>,
  { outcome, reason }: Verdict,
): NodeOutcome {
  const node = { owners };
  return {
    ...{ id, kind, name },
    cloud: ownerId(node, 'cloud') ?? '',
    account: ownerLabel(node, 'account'),
    region: ownerId(node, 'region') ?? '',
    ...{ outcome, reason },
  };
}

/** The outcomes in words, without those nothing had: `3 deleted, 1 failed`. */
export function countsText(counts: Readonly<Record<Outcome, number>>): string {
  const told = outcomes.filter((outcome) => counts[outcome] > 0);
  const words = told.map((outcome) => `${counts[outcome]} ${outcome.replace('_', ' ')}`);
  return words.length === 0 ? 'nothing was marked' : words.join(', ');
}

/** Outcomes by account and kind. */
export function summaryRows(nodes: readonly NodeOutcome[]): readonly SummaryRow[] {
  const groups = new Map<string, { readonly row: Omit<SummaryRow, 'counts'>; readonly nodes: NodeOutcome[] }>();
  for (const node of nodes) {
    const account = [node.cloud, node.account].filter((part) => part !== '').join(' ');
    const key = `${account}\n${node.kind}`;
    const group = groups.get(key) ?? { row: { account, kind: node.kind }, nodes: [] };
    group.nodes.push(node);
    groups.set(key, group);
  }
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { row, nodes: members }]) => ({ ...row, counts: outcomeCounts(members) }));
}

const noOutcomes: Readonly<Record<Outcome, number>> = {
  deleted: 0,
  already_gone: 0,
  failed: 0,
  refused: 0,
  blocked: 0,
  skipped: 0,
  dry_run: 0,
};
