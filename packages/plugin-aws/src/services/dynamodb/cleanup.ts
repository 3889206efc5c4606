import { member } from '@resoto/worker-core/plugin';
import type { CleanupResource } from '@resoto/worker-core/plugin';

import type { CleanupDeclaration } from '../../changes/cleanup-calls.ts';
import { lookEach } from '../../changes/look-each.ts';
import { regionOf } from '../../changes/place.ts';
import { listOf, textOf } from '../../values.ts';
import { calls } from './calls.ts';
import { dynamodb } from './client.ts';

const byName = { TableName: 'name' };

export const tableCleanup: CleanupDeclaration = {
  delete: dynamodb.change('DeleteTable', { expected: calls.describeTable.expected }),
  input: byName,
  later: true,
  exists: lookEach(calls.describeTable, byName),
  underway: { call: calls.describeTable, by: byName, status: 'Table.TableStatus', is: 'DELETING' },
};

/** It is gone with the table of its last region. */
export const globalTableCleanup: CleanupDeclaration = {
  ...tableCleanup,
  exists: lookEach(calls.describeGlobalTable, { GlobalTableName: 'name' }),
  refuse: replicasElsewhere,
};

/** Those are tables of their own, which may not be meant. */
function replicasElsewhere(table: CleanupResource): string | undefined {
  const regions = listOf(table.reported['dynamodb_replication_group']).map((replica) => member(replica, 'region_name'));
  const others = regions.filter((region) => region !== regionOf(table)).map(textOf);
  return others.length === 0 ? undefined : `it has tables in other regions: ${others.join(', ')}`;
}
