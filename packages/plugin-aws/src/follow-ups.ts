/** Nodes that take calls of their own beside the list of their kind. */
import { errorCode, path } from '@resoto/worker-core/plugin';
import type { NodeRef } from '@resoto/worker-core/plugin';

import type { AwsKind } from './aws-kind.ts';
import type { Call } from './service.ts';
import { forEach } from './limits.ts';
import type { NodeExtras, RegionRun } from './region-run.ts';
import { listOf, membersOf } from './values.ts';

/** A further call for each node of a kind. */
export interface FollowUp {
  /** Under which name the answer is kept. */
  readonly as: string;
  readonly call: Call;
  /** Makes the input of the call from the answer there is. */
  readonly input: (answer: unknown) => object;
  /** Path of the items of a call that comes in pages; all of them are kept. Absent: the answer is kept as a whole. */
  readonly items?: string;
  /** Properties that come from it. */
  readonly tells: readonly string[];
}

/**
 * Works on all items of the list of a kind, as many at once as the service takes. One that fails does not keep the others back.
 *
 * @throws the first failure, when all are done
 */
export async function collectEach(
  run: RegionRun,
  kind: AwsKind,
  work: (listed: unknown) => Promise<unknown>,
  input: object = {},
): Promise<void> {
  const problems: unknown[] = [];
  for await (const items of run.list(kind, input)) {
    await forEach(items, kind.list === undefined ? 1 : run.client.width(kind.list.call), async (item) => {
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

/**
 * Adds a node that is read from an answer and the answers to further calls. When one of these fails, that is reported, and
 * the properties it would have told keep the values of the last collect.
 */
export async function addWithFollowUps(
  run: RegionRun,
  kind: AwsKind,
  answer: unknown,
  followUps: readonly FollowUp[],
  extras: NodeExtras = {},
): Promise<NodeRef> {
  const answers = new Map<string, unknown>();
  const missing = [...(extras.missing ?? [])];
  await Promise.all(
    followUps.map(async (followUp) => {
      try {
        answers.set(followUp.as, await ask(run, followUp, answer));
      } catch (error) {
        run.incomplete(kind, error);
        missing.push(...followUp.tells);
      }
    }),
  );
  return run.add(kind, { ...membersOf(answer), ...Object.fromEntries(answers) }, { ...extras, missing });
}

async function ask({ client }: RegionRun, { call, input, items }: FollowUp, answer: unknown): Promise<unknown> {
  if (items === undefined) return client.read(call, input(answer));
  const readItems = path(items);
  const found: unknown[] = [];
  for await (const page of client.pages(call, input(answer))) found.push(...listOf(readItems(page)));
  return found;
}
