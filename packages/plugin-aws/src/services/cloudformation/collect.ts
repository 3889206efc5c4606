import { member, path } from '@resoto/worker-core/plugin';
import type { NodeRef } from '@resoto/worker-core/plugin';

import { addFollowed, collectEach } from '../../collect-each.ts';
import type { RegionRun } from '../../region-run.ts';
import { listOf, textOf } from '../../values.ts';
import { listStackInstances, stackFollowUps } from './calls.ts';
import { stack, stackInstance, stackSet } from './kinds.ts';

export async function collectStacks(run: RegionRun): Promise<void> {
  await collectEach(run, stack, (listed) => addFollowed(run, stack, listed, stackFollowUps));
}

/** Adds the stack sets of a region with their instances: which stacks they made in which accounts. */
export async function collectStackSets(run: RegionRun): Promise<void> {
  const problems: unknown[] = [];
  await collectEach(run, stackSet, async (listed) => {
    const set = run.add(stackSet, listed);
    await addInstances(run, set, textOf(member(listed, 'StackSetId'))).catch((error: unknown) => {
      problems.push(error);
    });
  });
  if (problems.length > 0) await run.fail(stackInstance, problems[0]);
}

const readInstances = path('Summaries');

async function addInstances(run: RegionRun, set: NodeRef, id: string): Promise<void> {
  const { sink } = run.context;
  // The call takes the id as well, which is not used again when a set is deleted.
  for await (const page of run.client.pages(listStackInstances, { StackSetName: id })) {
    for (const instance of listOf(readInstances(page))) {
      const node = run.add(stackInstance, instance);
      sink.edge(set, node);
      // A set can only be deleted when it has no stacks any more.
      sink.edge(set, node, 'delete');
      const made = member(instance, 'StackId');
      // The stack is mostly in another account.
      if (made !== undefined) sink.deferredEdge(sink.selector(set), { search_criteria: stackWithId(textOf(made)) });
    }
  }
}

function stackWithId(id: string): string {
  return `is(${stack.fqn}) and reported.id="${id}"`;
}
