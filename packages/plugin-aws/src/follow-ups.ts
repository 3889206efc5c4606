/** What it takes to know a node when its list does not tell all: further calls about each of them. */
import { path } from '@resoto/worker-core/plugin';

import type { AwsKind } from './aws-kind.ts';
import type { RegionRun } from './region-run.ts';
import type { Call } from './service.ts';
import { listOf, membersOf } from './values.ts';

export interface FollowUp {
  readonly call: Call;
  /** The input of the call for a listed item. */
  readonly input: (listed: unknown) => object;
  /** Path of the items in each page. Absent: it is one call, whose answer is kept whole. */
  readonly items?: string;
  /** Under which name the answer is put beside the members of the listed item. */
  readonly as: string;
  /** Properties that are read from it. */
  readonly tells: readonly string[];
}

export interface Followed {
  /** The listed item with the answers. */
  readonly answer: Readonly<Record<string, unknown>>;
  /** Properties that calls would have told that failed. */
  readonly missing: readonly string[];
}

/** Makes all further calls about a listed item. Those that fail are reported for the kind. */
export async function follow(
  run: RegionRun,
  kind: AwsKind,
  listed: unknown,
  followUps: readonly FollowUp[],
): Promise<Followed> {
  const answers = new Map<string, unknown>();
  const missing: string[] = [];
  await Promise.all(
    followUps.map(async (followUp) => {
      try {
        answers.set(followUp.as, await ask(run, listed, followUp));
      } catch (error) {
        run.incomplete(kind, error);
        missing.push(...followUp.tells);
      }
    }),
  );
  return { answer: { ...membersOf(listed), ...Object.fromEntries(answers) }, missing };
}

async function ask({ client }: RegionRun, listed: unknown, { call, input, items }: FollowUp): Promise<unknown> {
  if (items === undefined) return client.read(call, input(listed));
  const readItems = path(items);
  const found: unknown[] = [];
  for await (const page of client.pages(call, input(listed))) found.push(...listOf(readItems(page)));
  return found;
}
