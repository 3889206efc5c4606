import { isNativeError } from 'node:util/types';

import type { AccountCleanup, CleanupResource, JsonObject, Neighbour, NodeKind } from '@resoto/worker-core/plugin';

import { Calls } from '../src/call.ts';
import { AwsCleanup } from '../src/changes/cleanup.ts';
import type { Call, Change } from '../src/service.ts';
import { membersOf, textOf } from '../src/values.ts';
import type { Answers } from './test-run.ts';

export interface TestChanges {
  readonly account: AccountCleanup;
  /** Calls in their order, with their inputs. */
  readonly asked: { readonly call: string; readonly input: Readonly<Record<string, unknown>> }[];
  /** Names of the calls. */
  readonly calls: () => string[];
}

/** An account whose cleanup is answered from memory. Calls without an answer get an empty one. */
export function testChanges(answers: Answers): TestChanges {
  const asked: TestChanges['asked'] = [];
  const sender = {
    async send({ name }: Call | Change, input: object): Promise<object> {
      asked.push({ call: name, input: membersOf(input) });
      const answer = answers[name];
      const made = typeof answer === 'function' ? (answer as (input: object) => unknown)(input) : answer;
      if (isNativeError(made)) throw made;
      return membersOf(made);
    },
  };
  const calls = new Calls({
    account: '123456789012',
    sender,
    signal,
    total: 10,
    perService: () => 10,
    pause: async () => undefined,
  });
  const account = new AwsCleanup({ in: (region, own, attempts) => calls.writing(region, own, attempts), close() {} });
  return { account, asked, calls: () => asked.map(({ call }) => call) };
}

export const { signal } = new AbortController();

/** A stored resource of us-east-1. */
export function stored(
  kind: NodeKind,
  reported: JsonObject,
  neighbours: readonly Partial<Neighbour>[] = [],
): CleanupResource {
  return {
    nodeId: textOf(reported['id']),
    kind,
    reported: { kind: kind.fqn, ...reported },
    metadata: {},
    owners: { region: { id: 'us-east-1', name: 'us-east-1' } },
    neighbours: neighbours.map((neighbour) => ({
      nodeId: 'n',
      kind: 'aws_resource',
      reported: {},
      edgeType: 'delete',
      direction: 'out',
      stays: false,
      ...neighbour,
    })),
  };
}
