import { member, path } from '@resoto/worker-core/plugin';

import type { FollowUp } from '../../follow-ups.ts';
import { dynamodb } from './client.ts';

// What is listed may be deleted before it is described.
const expected = ['ResourceNotFoundException'];

export const calls = {
  listTables: dynamodb('ListTables', {
    token: { input: 'ExclusiveStartTableName', output: 'LastEvaluatedTableName', size: 'Limit' },
  }),
  describeTable: dynamodb('DescribeTable', { expected }),
  listGlobalTables: dynamodb('ListGlobalTables', {
    token: { input: 'ExclusiveStartGlobalTableName', output: lastGlobalTable, size: 'Limit' },
  }),
  describeGlobalTable: dynamodb('DescribeGlobalTable', { expected: ['GlobalTableNotFoundException'] }),
  tagsOfResource: dynamodb('ListTagsOfResource', { expected }),
};

const lastEvaluated = path('LastEvaluatedGlobalTableName');
const lastListed = path('GlobalTables[-1].GlobalTableName');

/** The table a page ends with. Another name is no place to go on from: the list would begin again. */
function lastGlobalTable(page: unknown): unknown {
  const last = lastEvaluated(page);
  return last === lastListed(page) ? last : undefined;
}

/** @param arn  member of a described table that has its ARN */
export function tagsBy(arn: string): FollowUp {
  return {
    as: 'tags',
    call: calls.tagsOfResource,
    input: (answer) => ({ ResourceArn: member(answer, arn) }),
    items: 'Tags',
    tells: ['tags'],
  };
}
