import { member, path, pause } from '@resoto/worker-core/plugin';
import type { StoredResource, TagChanges } from '@resoto/worker-core/plugin';

import type { WriteClient } from '../../call.ts';
import { textIn } from '../../changes/named-by.ts';
import { changedTags } from '../../changes/tag-calls.ts';
import type { TagRoutine } from '../../changes/tag-calls.ts';
import { listOf, textOf } from '../../values.ts';
import { cloudformation } from './client.ts';

const describeStacks = cloudformation('DescribeStacks');
const updateStack = cloudformation.change('UpdateStack');
const describeStackSet = cloudformation('DescribeStackSet');
const updateStackSet = cloudformation.change('UpdateStackSet');

const firstStack = path('Stacks[0]');
const stackSetIn = path('StackSet');

/** Tags of a stack are changed by an update of the stack to what it is, with other tags. */
export const stackTags: TagRoutine = {
  calls: [describeStacks, updateStack],
  together: true,
  async change(client, stack, changes) {
    const StackName = textIn(stack, 'name');
    const update = updateOf(await settledStack(client, StackName), changes);
    if (update !== undefined) await client.change(updateStack, { StackName, ...update });
  },
};

/** What is stored of a stack set has neither its tags nor its parameters, so they are read first. */
export const stackSetTags: TagRoutine = {
  calls: [describeStackSet, updateStackSet],
  together: true,
  async change(client, stackSet: StoredResource, changes) {
    const StackSetName = textIn(stackSet, 'name');
    const described = stackSetIn(await client.read(describeStackSet, { StackSetName }));
    const update = updateOf(described, changes);
    if (update === undefined) return;
    // A set with a role of its own is only updated when that is named again.
    const AdministrationRoleARN = member(described, 'AdministrationRoleARN');
    const role = AdministrationRoleARN === undefined ? {} : { AdministrationRoleARN };
    await client.change(updateStackSet, { StackSetName, ...role, ...update });
  },
};

/** Milliseconds between two looks at a stack that is being changed. */
const betweenLooks = 2_000;

async function settledStack(client: WriteClient, StackName: string): Promise<unknown> {
  for (;;) {
    const stack = firstStack(await client.read(describeStacks, { StackName }));
    if (!textOf(member(stack, 'StackStatus')).endsWith('_IN_PROGRESS')) return stack;
    await pause(betweenLooks, client.signal);
  }
}

function updateOf(described: unknown, changes: TagChanges): object | undefined {
  const tags = changedTags(member(described, 'Tags'), changes);
  if (tags === undefined) return undefined;
  const keys = listOf(member(described, 'Parameters')).map((parameter) => textOf(member(parameter, 'ParameterKey')));
  const capabilities = listOf(member(described, 'Capabilities')).map(textOf);
  return {
    UsePreviousTemplate: true,
    Capabilities: [...new Set([...capabilities, 'CAPABILITY_NAMED_IAM'])],
    Parameters: keys.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
    // The vendor adds its own by itself, and takes them from nobody else.
    Tags: tags.filter(({ Key }) => !Key.startsWith('aws:')),
  };
}
