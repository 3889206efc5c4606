/** How instances of stack sets are deleted: with their stacks, in whatever accounts these are. */
import { errorCode, member, path, ProviderError } from '@resoto/worker-core/plugin';
import type { CleanupResource, DeleteResult, ExistsResult } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../../call.ts';
import type { CleanupDeclaration } from '../../changes/cleanup-calls.ts';
import { textIn } from '../../changes/named-by.ts';
import { listOf, textOf } from '../../values.ts';
import { listStackInstances } from './calls.ts';
import { cloudformation } from './client.ts';

const deleteStackInstances = cloudformation.change('DeleteStackInstances', {
  expected: ['StackSetNotFoundException', 'StackInstanceNotFoundException'],
});

export const stackInstanceCleanup: CleanupDeclaration = {
  delete: deleteStackInstances,
  run: deleteInstances,
  batch: 100,
  later: true,
  exists: { calls: [listStackInstances], batch: 100, look: lookForInstances },
  patience: 3600,
};

async function deleteInstances(
  client: WriteClient,
  instances: readonly CleanupResource[],
): Promise<readonly DeleteResult[]> {
  const results = new Map<CleanupResource, DeleteResult>();
  for (const sameSet of groups(instances, setOf)) await deleteInSet(client, sameSet, results);
  return instances.map((instance) => results.get(instance) ?? laterOf(instance));
}

/**
 * One operation takes all given accounts in all given regions, so it gets only instances whose places are such a rectangle. A set
 * is at one operation at a time: the instances of the next ones come again when that is over.
 */
async function deleteInSet(
  client: WriteClient,
  instances: readonly CleanupResource[],
  results: Map<CleanupResource, DeleteResult>,
): Promise<void> {
  for (const rectangle of rectanglesOf(instances)) {
    const result = await deleteRectangle(client, rectangle).catch((error: unknown) => ({ error }));
    for (const instance of rectangle) results.set(instance, result);
    if (result === 'requested' || (typeof result === 'object' && errorCode(result.error) === 'resource_in_use')) return;
  }
}

/** The largest one first, because the others wait. */
function rectanglesOf(instances: readonly CleanupResource[]): readonly CleanupResource[][] {
  const rows = groups(instances, regionOf);
  const rectangles = groups(rows, (row) => row.map(accountOf).toSorted().join(' '));
  return rectangles.map((row) => row.flat()).toSorted((a, b) => b.length - a.length);
}

function laterOf(instance: CleanupResource): DeleteResult {
  const text = `${setOf(instance)} deletes other instances first`;
  return { error: new ProviderError(text, { code: 'resource_in_use' }) };
}

async function deleteRectangle(
  client: WriteClient,
  instances: readonly CleanupResource[],
): Promise<'requested' | 'already_gone'> {
  const Accounts = distinct(instances.map((instance) => textIn(instance, 'stack_instance_account')));
  const units = distinct(instances.map((instance) => textOf(instance.reported[unit]))).filter((id) => id !== '');
  const answer = await client.change(deleteStackInstances, {
    StackSetName: setOf(instances[0]),
    // Where the organization decides where stacks are, its units have to be named; the accounts are then some of theirs.
    ...(units.length === 0
      ? { Accounts }
      : { DeploymentTargets: { OrganizationalUnitIds: units, Accounts, AccountFilterType: 'INTERSECTION' } }),
    Regions: distinct(instances.map(regionOf)),
    RetainStacks: false,
  });
  // Of several it does not say which is gone.
  return answer === undefined && instances.length === 1 ? 'already_gone' : 'requested';
}

/** Instances have no ids of their own: a set has at most one in a region of an account. */
async function lookForInstances(
  client: WriteClient,
  instances: readonly CleanupResource[],
): Promise<readonly ExistsResult[]> {
  const found = new Map<string, unknown>();
  for (const set of distinct(instances.map(setOf))) {
    for await (const page of client.pages(listStackInstances, { StackSetName: set })) {
      for (const listed of listOf(member(page, 'Summaries'))) {
        found.set([set, textOf(member(listed, 'Account')), textOf(member(listed, 'Region'))].join(' '), listed);
      }
    }
  }
  return instances.map((instance) => {
    const listed = found.get([setOf(instance), accountOf(instance), regionOf(instance)].join(' '));
    return listed === undefined ? false : whatIsLeft(instance, listed);
  });
}

const unit = 'stack_instance_organizational_unit_id';
const detailedStatus = path('StackInstanceStatus.DetailedStatus');

/** What failed before the deletion says nothing about it; each attempt is an operation of its own. */
function whatIsLeft(instance: CleanupResource, listed: unknown): ExistsResult {
  const status = textOf(detailedStatus(listed));
  const isOther = member(listed, 'LastOperationId') !== instance.reported['stack_instance_last_operation_id'];
  if (!isOther || !['FAILED', 'CANCELLED', 'INOPERABLE'].includes(status)) return true;
  const what = `the instance of ${setOf(instance)} in ${accountOf(instance)}/${regionOf(instance)}`;
  const reason = textOf(member(listed, 'StatusReason')) || status;
  return {
    error: new ProviderError(`CloudFormation could not delete ${what}: ${reason}`, { code: 'deletion_failed' }),
  };
}

function setOf(instance: CleanupResource | undefined): string {
  return textIn(instance, 'stack_instance_stack_set_id');
}

function accountOf(instance: CleanupResource): string {
  return textIn(instance, 'stack_instance_account');
}

function regionOf(instance: CleanupResource): string {
  return textIn(instance, 'stack_instance_region');
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function groups<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[][] {
  return [...Map.groupBy(items, keyOf).values()];
}
