/** A plan as a document: what people look at, approve, and let be carried out later. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigError, errorText } from '../errors.ts';
import { parseJson, stringifyJson, type JsonObject } from '../protocol/json.ts';
import { at, Hold } from './delete-graph.ts';
import { ownerLabel, type NodeName } from './marked-node.ts';
import type { Outcome } from './outcome.ts';
import { nameAt, type CleanupPlan, type PlannedNode } from './plan.ts';
import type { KindDescription } from './resource.ts';

/** A plan as people and `apply` read it: what goes, in which order, and what stays. */
export interface PlanFile {
  readonly kind: 'resoto_cleanup_plan';
  readonly format: number;
  readonly created_at: string;
  readonly graph: string;
  readonly summary: PlanSummary;
  /** Every marked node: those that are deleted, in their order, then those that stay. */
  readonly nodes: readonly PlanFileNode[];
  /** Nodes that are not marked, but lie between those that are. */
  readonly others: readonly NodeName[];
  readonly warnings: readonly string[];
  /** SHA-256 of everything else: a plan that was changed by hand is not carried out. */
  readonly digest: string;
}

interface PlanSummary {
  readonly deleted: number;
  readonly stay: number;
  /** Nodes that have to go one after the other. */
  readonly waves: number;
  /** Calls it takes at least, without looking whether a deletion is finished. */
  readonly estimated_calls: { readonly steps: number; readonly deletions: number };
  /** What the accounts have to allow. */
  readonly permissions: readonly string[];
}

/** A node of a plan, in the place it has in the order. */
export interface PlanFileNode extends NodeName {
  readonly cloud: string;
  readonly account: { readonly id: string; readonly name: string };
  readonly region: string;
  readonly revision: string;
  /** Absent: it stays. */
  readonly wave?: number;
  /** It has a step before its deletion. */
  readonly step?: true;
  /** Ids of nodes that have to go first, or whose step has to be done first. */
  readonly waits_for: readonly string[];
  readonly waits_for_step_of: readonly string[];
  /** Ids of all nodes that have to go first by the edges of the graph, whatever became of them in the plan. */
  readonly after: readonly string[];
  /** Ids of nodes that go with it. */
  readonly takes?: readonly string[];
  /** Why it stays. */
  readonly outcome?: Outcome;
  readonly reason?: string;
  readonly warnings: readonly string[];
}

const planFormat = 1;

export interface PlanFileOptions {
  readonly graph: string;
  readonly createdAt: Date;
  readonly clouds: ReadonlyMap<string, ReadonlyMap<string, KindDescription>>;
}

export function planFile(plan: CleanupPlan, { graph, createdAt, clouds }: PlanFileOptions): PlanFile {
  const nodes = plan.nodes
    .map((node, number) => planFileNode(plan, node, number))
    .toSorted((a, b) => (a.wave ?? Infinity) - (b.wave ?? Infinity) || compare(a, b));
  const content = {
    kind: 'resoto_cleanup_plan',
    format: planFormat,
    created_at: createdAt.toISOString(),
    graph,
    summary: summaryOf(plan, nodes, clouds),
    nodes,
    others: plan.others.map(({ id, kind, name }) => ({ id, kind, name })),
    warnings: plan.warnings,
  } as const;
  return { ...content, digest: digestOf(content) };
}

/**
 * Reads a plan.
 *
 * @throws ConfigError `plan_unreadable` for what is no plan of this format, `plan_edited` when it was changed
 */
export async function readPlanFile(path: string): Promise<PlanFile> {
  const content = await contentOf(path);
  if (!isPlanFile(content)) {
    throw unreadable(path, 'it is no cleanup plan, or one of another version', undefined);
  }
  if (!hasItsDigest(content, path)) {
    throw new ConfigError(`The plan ${path} was changed after it was made`, {
      code: 'plan_edited',
      hint: 'Make a new one with the command plan. Unmark or protect what should stay.',
      facts: { path },
    });
  }
  return content;
}

function planFileNode(plan: CleanupPlan, planned: PlannedNode, number: number): PlanFileNode {
  const { node, account, region, cleanup, verdict, wave, takes, warnings } = planned;
  const { graph, ties } = plan;
  const edges = [...graph.waits(number)];
  const idsOf = (numbers: Iterable<number>): string[] =>
    Array.from(new Set(numbers), (first) => nameAt(plan, first).id);
  const held = (holds: (hold: number) => boolean): string[] =>
    idsOf(edges.filter((edge) => holds(at(graph.hold, edge))).map((edge) => at(graph.to, edge)));
  return {
    id: node.id,
    kind: node.kind,
    name: node.name,
    cloud: account.cloud,
    account: { id: account.id, name: ownerLabel(node, 'account') },
    region,
    revision: node.revision,
    ...(wave !== undefined && { wave }),
    ...(cleanup?.prepare !== undefined && { step: true }),
    waits_for: held((hold) => hold === Hold.all || hold === Hold.deletion),
    waits_for_step_of: held((hold) => hold === Hold.untilStep),
    after: idsOf(Array.from(ties.waits(number), (edge) => at(ties.to, edge))),
    ...(takes.length > 0 && { takes }),
    ...(verdict !== undefined && { outcome: verdict.outcome, reason: verdict.reason }),
    warnings,
  };
}

function summaryOf(
  { nodes }: CleanupPlan,
  fileNodes: readonly PlanFileNode[],
  clouds: PlanFileOptions['clouds'],
): PlanSummary {
  const deleted = nodes.filter(({ verdict }) => verdict === undefined);
  const permissions = new Set<string>();
  for (const { account, node } of deleted) {
    for (const permission of clouds.get(account.cloud)?.get(node.kind)?.permissions ?? []) permissions.add(permission);
  }
  return {
    deleted: deleted.length,
    stay: nodes.length - deleted.length,
    waves: fileNodes.reduce((most, { wave = 0 }) => Math.max(most, wave), 0),
    estimated_calls: {
      steps: calls(
        deleted.filter(({ cleanup }) => cleanup?.prepare !== undefined),
        ({ cleanup }) => cleanup?.prepare?.batch ?? 1,
      ),
      deletions: calls(deleted, ({ cleanup }) => cleanup?.batch ?? 1),
    },
    permissions: [...permissions].toSorted(),
  };
}

/** Nodes of one kind share calls when it is their turn at the same time in the same place. */
function calls(nodes: readonly PlannedNode[], batchOf: (node: PlannedNode) => number): number {
  const groups = new Map<string, { count: number; readonly batch: number }>();
  for (const planned of nodes) {
    const { account, region, node, wave } = planned;
    const key = [account.cloud, account.id, region, node.kind, wave].join('\n');
    const group = groups.get(key) ?? { count: 0, batch: Math.max(1, batchOf(planned)) };
    group.count += 1;
    groups.set(key, group);
  }
  return [...groups.values()].reduce((sum, { count, batch }) => sum + Math.ceil(count / batch), 0);
}

async function contentOf(path: string): Promise<unknown> {
  try {
    return parseJson(await readFile(path, 'utf8'));
  } catch (cause) {
    throw unreadable(path, errorText(cause), cause);
  }
}

function hasItsDigest({ digest, ...rest }: PlanFile, path: string): boolean {
  try {
    return digest === digestOf(rest);
  } catch (cause) {
    // What is nested deeper than any plan.
    throw unreadable(path, errorText(cause), cause);
  }
}

function isPlanFile(content: unknown): content is PlanFile & JsonObject {
  if (typeof content !== 'object' || content === null) return false;
  const members = new Map<string, unknown>(Object.entries(content));
  const nodes = members.get('nodes');
  return (
    members.get('kind') === 'resoto_cleanup_plan' &&
    members.get('format') === planFormat &&
    typeof members.get('digest') === 'string' &&
    Array.isArray(nodes) &&
    nodes.every(isPlanNode)
  );
}

/** Has it what decides on a deletion? */
function isPlanNode(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  const { id, revision, after, takes = [] } = node as Partial<Record<keyof PlanFileNode, unknown>>;
  return typeof id === 'string' && typeof revision === 'string' && Array.isArray(after) && Array.isArray(takes);
}

/** Node by node, because the whole of a large plan is a very long text. */
function digestOf({ nodes, ...rest }: Omit<PlanFile, 'digest'>): string {
  const hash = createHash('sha256').update(stringifyJson(rest));
  for (const node of nodes) hash.update(stringifyJson(node));
  return hash.digest('hex');
}

function unreadable(path: string, why: string, cause: unknown): ConfigError {
  return new ConfigError(`Cannot read the plan ${path}: ${why}`, {
    code: 'plan_unreadable',
    hint: 'Make one with: resotoworker plan --out plan.json',
    facts: { path },
    cause,
  });
}

function compare(a: PlanFileNode, b: PlanFileNode): number {
  const [first, second] = [a, b].map(({ cloud, account, kind, name, id }) =>
    [cloud, account.id, kind, name, id].join('\n'),
  );
  return (first ?? '') < (second ?? '') ? -1 : 1;
}
