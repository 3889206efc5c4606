/** The organization an account manages: its tree of units, and which account is where. */
import { member, read } from '@resoto/worker-core/plugin';
import type { CollectContext, NodeRef } from '@resoto/worker-core/plugin';

import type { AccountNode } from './account-node.ts';
import type { AwsKind } from './aws-kind.ts';
import type { ReadClient } from './call.ts';
import { organizationalRoot, organizationalUnit, organizationCalls } from './frame-kinds.ts';
import type { Call } from './service.ts';
import { listOf, textOf } from './values.ts';

/** Adds the organization above the account, if the account manages it. */
export async function collectOrganization(
  account: AccountNode,
  client: ReadClient,
  context: CollectContext,
): Promise<void> {
  const { isMaster, organizationProblem } = account;
  if (!isMaster && organizationProblem === undefined) return;
  await context.scope({ kinds: [organizationalRoot.fqn, organizationalUnit.fqn] }, async () => {
    if (organizationProblem !== undefined) await Promise.reject(organizationProblem);
    for (const root of await listAll(client, organizationCalls.roots, 'Roots', {})) {
      const node = add(organizationalRoot, root, context.sink.cloud, context);
      await addBelow(root, node, client, context);
    }
  });
}

async function addBelow(parent: unknown, node: NodeRef, client: ReadClient, context: CollectContext): Promise<void> {
  const input = { ParentId: member(parent, 'Id') };
  for (const listed of await listAll(client, organizationCalls.units, 'OrganizationalUnits', input)) {
    const answer = await client.read(organizationCalls.unit, { OrganizationalUnitId: member(listed, 'Id') });
    const unit = member(answer, 'OrganizationalUnit') ?? listed;
    await addBelow(unit, add(organizationalUnit, unit, node, context), client, context);
  }
  for (const account of await listAll(client, organizationCalls.accounts, 'Accounts', input)) {
    const search = `is(aws_account) and reported.id = ${textOf(member(account, 'Id'))}`;
    context.sink.deferredEdge(context.sink.selector(node), { search_criteria: search });
  }
}

// The organization is above its accounts, so none of them owns its nodes.
function add(kind: AwsKind, answer: unknown, parent: NodeRef, { sink }: CollectContext): NodeRef {
  return sink.add(kind, { reported: read(kind, answer), parent, answer });
}

async function listAll(client: ReadClient, call: Call, items: string, input: object): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const page of client.pages(call, input)) {
    all.push(...listOf(member(page, items)));
  }
  return all;
}
