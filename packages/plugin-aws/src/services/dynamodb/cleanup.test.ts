import { expect, test } from '@jest/globals';

import { signal, stored, testChanges } from '../../../test/test-changes.ts';
import { vendorError } from '../../../test/test-run.ts';
import { refuseCleanup } from '../../changes/describe.ts';
import { globalTable, table } from './kinds.ts';

test.each([
  ['DELETING', ['requested']],
  ['UPDATING', 'resource_in_use'],
])('the deletion of a table that is refused in state %s ends with %s', async (TableStatus, outcome) => {
  const { account } = testChanges({
    DeleteTable: vendorError('ResourceInUseException'),
    DescribeTable: { Table: { TableStatus } },
  });

  const ended = account.delete([stored(table, { id: 't', name: 'orders' })], signal);
  expect(await ended.catch(({ code }: { code: string }) => code)).toEqual(outcome);
});

test('a global table with tables in other regions is refused', () => {
  const replicas = ['us-east-1', 'eu-central-1'].map((region) => ({ region_name: region }));
  const orders = stored(globalTable, { id: 'orders', name: 'orders', dynamodb_replication_group: replicas });

  expect(refuseCleanup(orders)).toBe('it has tables in other regions: eu-central-1');
});

test('a global table goes with its last table', async () => {
  const { account, calls } = testChanges({ DescribeGlobalTable: vendorError('GlobalTableNotFoundException') });
  const replicas = [{ region_name: 'us-east-1' }];
  const orders = stored(globalTable, { id: 'orders', name: 'orders', dynamodb_replication_group: replicas });

  expect(await account.delete([orders], signal)).toEqual(['requested']);
  expect(await account.exists([orders], signal)).toEqual([false]);
  expect(calls()).toEqual(['DeleteTable', 'DescribeGlobalTable']);
});
