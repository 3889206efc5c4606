/** Nodes that take calls of their own beside the list of their kind. */
import { errorCode } from '@resoto/worker-core/plugin';
import type { NodeRef } from '@resoto/worker-core/plugin';

import type { AwsKind } from './aws-kind.ts';
import { follow } from './follow-ups.ts';
import type { FollowUp } from './follow-ups.ts';
import { forEach } from './limits.ts';
import type { NodeExtras, RegionRun } from './region-run.ts';

/**
 * Works on all items of the list of a kind, as many at once as the service takes. One that fails does not keep the others
 * back.
 *
 * @param input  of the list call, where the list is that of another node
 * @throws the first failure, when all are done
 */
export async function collectEach(
  run: RegionRun,
  kind: AwsKind,
  work: (listed: unknown) => Promise<unknown>,
  input: object = {},
): Promise<void> {
  const width = kind.list === undefined ? 1 : run.client.width(kind.list.call);
  const problems: unknown[] = [];
  for await (const items of run.list(kind, input)) {
    await forEach(items, width, async (item) => {
      try {
        await work(item);
      } catch (error) {
        if (run.context.signal.aborted || errorCode(error) === 'login_failed') throw error;
        problems.push(error);
      }
    });
  }
  if (problems.length > 0) throw problems[0];
}

/** Adds a node with what further calls tell about it. */
export async function addFollowed(
  run: RegionRun,
  kind: AwsKind,
  listed: unknown,
  followUps: readonly FollowUp[],
  extras: NodeExtras = {},
): Promise<NodeRef> {
  const { answer, missing } = await follow(run, kind, listed, followUps);
  return run.add(kind, answer, { ...extras, missing: [...(extras.missing ?? []), ...missing] });
}
