import { describe, expect, test } from '@jest/globals';

import { signal, stored, testChanges } from '../../../test/test-changes.ts';
import { vendorError } from '../../../test/test-run.ts';
import { refuseCleanup } from '../../changes/describe.ts';
import { instance } from './kinds/instances.ts';
import { clusterSnapshot, snapshot } from './kinds/snapshots.ts';

const orders = stored(instance, { id: 'orders', name: 'shop' });

describe('a database', () => {
  test('goes by its id, without a last snapshot, and takes its time', async () => {
    const { account, asked } = testChanges({});

    expect(await account.delete([orders], signal)).toEqual(['requested']);
    expect(asked[0]).toEqual({
      call: 'DeleteDBInstance',
      input: { DBInstanceIdentifier: 'orders', SkipFinalSnapshot: true },
    });
  });

  test('is looked for together with others, and there while it is being deleted', async () => {
    const { account, asked } = testChanges({
      DescribeDBInstances: { DBInstances: [{ DBInstanceIdentifier: 'orders', DBInstanceStatus: 'deleting' }] },
    });

    expect(await account.exists([orders, stored(instance, { id: 'old' })], signal)).toEqual([true, false]);
    expect(asked).toEqual([
      { call: 'DescribeDBInstances', input: { Filters: [{ Name: 'db-instance-id', Values: ['orders', 'old'] }] } },
    ]);
  });

  test.each([
    ['is already being deleted is waited for', 'deleting', ['requested']],
    ['is busy may be tried again', 'modifying', 'resource_in_use'],
  ])('that %s', async (_title, status, outcome) => {
    const { account } = testChanges({
      DeleteDBInstance: vendorError('InvalidDBInstanceState'),
      DescribeDBInstances: { DBInstances: [{ DBInstanceIdentifier: 'orders', DBInstanceStatus: status }] },
    });

    const ended = account.delete([orders], signal).catch(({ code }: { code: string }) => code);
    expect(await ended).toEqual(outcome);
  });

  test('that may not be deleted is not asked for', async () => {
    const { account, calls } = testChanges({ DeleteDBInstance: vendorError('AccessDenied', 403) });

    await expect(account.delete([orders], signal)).rejects.toMatchObject({
      code: 'missing_permission',
      facts: { permission: 'rds:DeleteDBInstance' },
    });
    expect(calls()).toEqual(['DeleteDBInstance']);
  });
});

test.each([snapshot, clusterSnapshot])('snapshots that were made by the vendor are refused', (kind) => {
  const own = stored(kind, { id: 'mine', rds_snapshot_type: 'manual' });
  const automated = stored(kind, { id: 'rds:orders', rds_snapshot_type: 'automated' });

  expect(refuseCleanup(automated)).toBe('snapshots of type automated are deleted by what made them');
  expect(refuseCleanup(own)).toBeUndefined();
});
