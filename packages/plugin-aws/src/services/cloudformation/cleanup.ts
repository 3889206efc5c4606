/** How stacks are deleted: by id, because a new stack may have the name of an old one. */
import { member, ProviderError } from '@resoto/worker-core/plugin';
import type { CleanupResource, ExistsResult } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../../call.ts';
import type { CleanupDeclaration } from '../../changes/cleanup-calls.ts';
import { textIn } from '../../changes/named-by.ts';
import { listOf, textOf } from '../../values.ts';
import { listStackSets } from './calls.ts';
import { cloudformation } from './client.ts';

const describeStacks = cloudformation('DescribeStacks', { expected: ['ValidationError'] });

export const stackCleanup: CleanupDeclaration = {
  delete: cloudformation.change('DeleteStack'),
  input: { StackName: 'id' },
  later: true,
  exists: { calls: [describeStacks], batch: 100, look: lookForStacks },
  patience: 3600,
  // Whatever it made.
  takes: [{ kind: 'aws_resource' }],
};

export const stackSetCleanup: CleanupDeclaration = {
  delete: cloudformation.change('DeleteStackSet', { expected: ['StackSetNotFoundException'] }),
  input: { StackSetName: 'id' },
  exists: {
    call: listStackSets,
    options: { Status: 'ACTIVE' },
    by: {},
    items: 'Summaries',
    id: 'StackSetId',
    isGone: (item) => member(item, 'Status') === 'DELETED',
    batch: 100,
  },
};

/** A deleted stack is described by its id for 90 days; the list of all has only those that exist. */
async function lookForStacks(
  client: WriteClient,
  resources: readonly CleanupResource[],
): Promise<readonly ExistsResult[]> {
  const ids = resources.map((resource) => textIn(resource, 'id'));
  const stacks = new Map<string, unknown>();
  for await (const page of client.pages(describeStacks, ids.length === 1 ? { StackName: ids[0] } : {})) {
    for (const stack of listOf(member(page, 'Stacks'))) stacks.set(textOf(member(stack, 'StackId')), stack);
  }
  return ids.map((id) => whatIsLeft(id, stacks.get(id)));
}

function whatIsLeft(id: string, stack: unknown): ExistsResult {
  const status = member(stack, 'StackStatus');
  if (stack === undefined || status === 'DELETE_COMPLETE') return false;
  if (status !== 'DELETE_FAILED') return true;
  const reason = textOf(member(stack, 'StackStatusReason'));
  return { error: new ProviderError(`CloudFormation could not delete ${id}: ${reason}`, { code: 'deletion_failed' }) };
}
