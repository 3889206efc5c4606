/** What an earlier process was about when it ended, and what has really happened. */
import { errorText } from '../errors.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { ReadJournal } from './journal.ts';
import { ownerId } from './marked-node.ts';
import type { Verdict } from './outcome.ts';
import type { PlannedNode } from './plan.ts';
import type { ResourceData } from './resource.ts';
import type { CleanupCall } from './walk.ts';

/** A node whose end is known. */
export interface KnownOutcome {
  readonly node: string;
  readonly verdict: Verdict;
  readonly eventLog: readonly JsonObject[];
}

/** A node that was in a call without an outcome. */
export interface OpenNode {
  readonly resource: ResourceData;
  readonly account: PlannedNode['account'];
  /** The cloud has accepted its deletion. */
  readonly isRequested: boolean;
  /** A deletion may have had its effect. */
  readonly isTried: boolean;
}

export interface JournalState {
  readonly outcomes: ReadonlyMap<string, KnownOutcome>;
  /** Ids of nodes whose outcome the core has. */
  readonly reported: ReadonlySet<string>;
  readonly open: readonly OpenNode[];
  /** Every resource that was in a call, by its node. */
  readonly resources: ReadonlyMap<string, ResourceData>;
}

/** What a journal says about each node. */
export function journalState({ records }: ReadJournal): JournalState {
  const outcomes = new Map<string, KnownOutcome>();
  const reported = new Set<string>();
  const open = new Map<string, OpenNode>();
  const calls = new Map<number, readonly string[]>();
  for (const record of records) {
    if (record.is === 'call') {
      calls.set(
        record.call,
        record.resources.map(({ nodeId }) => nodeId),
      );
      for (const resource of record.resources) {
        const known = open.get(resource.nodeId);
        const isTried = record.verb === 'delete' || known?.isTried === true;
        open.set(resource.nodeId, {
          resource,
          account: record.account,
          isRequested: known?.isRequested ?? false,
          isTried,
        });
      }
    }
    if (record.is === 'answer') {
      record.answers.forEach(({ is }, index) => {
        const node = open.get(calls.get(record.call)?.[index] ?? '');
        if (node !== undefined && is === 'requested') open.set(node.resource.nodeId, { ...node, isRequested: true });
      });
    }
    if (record.is === 'outcome') outcomes.set(record.node, record);
    if (record.is === 'reported') for (const node of record.nodes) reported.add(node);
  }
  const withoutOutcome = [...open.values()].filter(({ resource }) => !outcomes.has(resource.nodeId));
  const resources = new Map([...open].map(([node, { resource }]) => [node, resource]));
  return { outcomes, reported, open: withoutOutcome, resources };
}

export interface Recovery {
  /** Nodes that turned out to be gone. */
  readonly gone: readonly OpenNode[];
  /** Ids of nodes that are still there although the cloud has accepted their deletion. */
  readonly requested: ReadonlySet<string>;
  /** Nodes nobody can tell anything about: they are taken for still there. */
  readonly unknown: readonly { readonly node: OpenNode; readonly reason: string }[];
}

/** Asks the cloud what has become of nodes that were in a call when the process ended. Changes nothing. */
export async function recover(
  open: readonly OpenNode[],
  call: CleanupCall,
  batchOf: (node: OpenNode) => number,
): Promise<Recovery> {
  const gone: OpenNode[] = [];
  const requested = new Set<string>();
  const unknown: { readonly node: OpenNode; readonly reason: string }[] = [];
  for (const nodes of groups(open, batchOf)) {
    const answers = await ask(nodes, call);
    nodes.forEach((node, index) => {
      const answer = answers[index];
      if (answer === 'already_gone') gone.push(node);
      else if (node.isRequested) requested.add(node.resource.nodeId);
      if (answer !== 'already_gone' && answer !== 'there') unknown.push({ node, reason: answer ?? 'no answer' });
    });
  }
  return { gone, requested, unknown };
}

/** @returns per node `already_gone`, `there`, or why it is not known */
async function ask([first, ...others]: readonly OpenNode[], call: CleanupCall): Promise<readonly string[]> {
  if (first === undefined) return [];
  const resources = [first, ...others].map(({ resource }) => resource);
  try {
    const answers = await call('exists', first.account, resources);
    return answers.map((answer) => (answer.is === 'failed' ? answer.error.message : answer.is));
  } catch (error) {
    return resources.map(() => errorText(error));
  }
}

/** Nodes that may share a call. */
function groups(open: readonly OpenNode[], batchOf: (node: OpenNode) => number): readonly (readonly OpenNode[])[] {
  const found = new Map<string, OpenNode[][]>();
  for (const node of open) {
    const { account, resource } = node;
    const key = [account.cloud, account.id, ownerId(resource, 'region'), resource.kind].join('\n');
    const batches = found.get(key) ?? [];
    found.set(key, batches);
    const last = batches.at(-1);
    if (last === undefined || last.length >= batchOf(node)) batches.push([node]);
    else last.push(node);
  }
  return [...found.values()].flat();
}
