import type { AccountCleanup, CleanupResource } from '@resoto/worker-core/plugin';

import { describeCleanup } from '../src/changes/describe.ts';
import { textOf } from '../src/values.ts';
import type { StoredNodes } from './stored-nodes.ts';

export interface Deletion {
  readonly nodeId: string;
  readonly result: string;
}

/**
 * Deletes nodes in the order of the delete edges, one by one, and waits until each is gone.
 *
 * @throws what a call throws, or has as result for a node
 */
export async function deleteAll(
  account: AccountCleanup,
  { nodes, waits }: StoredNodes,
  signal: AbortSignal,
): Promise<Deletion[]> {
  const left = new Map(nodes.map((node) => [node.nodeId, node]));
  const isCut = (from: string, to: string): boolean => {
    const breaks = describeCleanup(kindOf(left, from))?.prepare?.breaks ?? [];
    return breaks.includes(kindOf(left, to).fqn);
  };
  const open = waits.filter(([from, to]) => from !== to && left.has(from) && left.has(to) && !isCut(from, to));
  // A tie is cut by steps on both ends, so these come before any deletion.
  for (const node of nodes)
    if (describeCleanup(node.kind)?.prepare?.breaks?.length) await prepare(account, node, signal);
  const done: Deletion[] = [];
  while (left.size > 0) {
    const free = [...left.values()].filter(({ nodeId }) => !open.some(([from, to]) => from === nodeId && left.has(to)));
    // The emulator cannot delete a stack of which a part is gone; the vendor's service can.
    free.sort((one, other) => Number(isStack(other)) - Number(isStack(one)));
    if (free.length === 0) throw new Error(`They wait for each other: ${[...left.keys()].join(', ')}`);
    for (const node of free) {
      done.push({ nodeId: node.nodeId, result: await deleteOne(account, node, signal) });
      left.delete(node.nodeId);
    }
  }
  return done;
}

function isStack({ kind }: CleanupResource): boolean {
  return kind.fqn === 'aws_cloudformation_stack';
}

function kindOf(nodes: ReadonlyMap<string, CleanupResource>, nodeId: string): CleanupResource['kind'] {
  const node = nodes.get(nodeId);
  if (node === undefined) throw new Error(`There is no node ${nodeId}`);
  return node.kind;
}

async function prepare(account: AccountCleanup, node: CleanupResource, signal: AbortSignal): Promise<string> {
  const [result = 'done'] = (await account.prepare?.([node], signal)) ?? [];
  return outcomeOf(node, 'prepare', result);
}

async function deleteOne(account: AccountCleanup, node: CleanupResource, signal: AbortSignal): Promise<string> {
  if (describeCleanup(node.kind)?.prepare !== undefined) {
    const prepared = await prepare(account, node, signal);
    if (prepared === 'already_gone') return prepared;
  }
  const [result = 'deleted'] = await account.delete([node], signal);
  const text = outcomeOf(node, 'delete', result);
  for (let look = 0; text === 'requested'; look += 1) {
    const [exists] = await account.exists([node], signal);
    if (exists === false) break;
    if (look === 50) throw new Error(`${node.kind.fqn} ${textOf(node.reported['id'])} does not go`);
  }
  return text;
}

function outcomeOf(node: CleanupResource, verb: string, result: string | object): string {
  if (typeof result === 'string') return result;
  if ('error' in result)
    throw new Error(`${verb} ${node.kind.fqn} ${textOf(node.reported['id'])}`, { cause: result.error });
  return 'refused';
}
