import { expect, test } from '@jest/globals';

import { signal, stored, testChanges } from '../../../test/test-changes.ts';
import { alarm, logGroup, metricFilter } from './kinds.ts';

test('alarms go together', async () => {
  const { account, asked } = testChanges({ DescribeAlarms: { MetricAlarms: [{ AlarmName: 'b' }] } });
  const alarms = ['a', 'b'].map((name) => stored(alarm, { id: name, name }));

  expect(await account.delete(alarms, signal)).toEqual(['deleted', 'deleted']);
  expect(await account.exists(alarms, signal)).toEqual([false, true]);
  expect(asked).toEqual([
    { call: 'DeleteAlarms', input: { AlarmNames: ['a', 'b'] } },
    { call: 'DescribeAlarms', input: { AlarmNames: ['a', 'b'] } },
  ]);
});

test('a log group is no other whose name begins like its own', async () => {
  const { account } = testChanges({ DescribeLogGroups: { logGroups: [{ logGroupName: 'audit-2' }] } });

  expect(await account.exists([stored(logGroup, { id: 'audit', name: 'audit' })], signal)).toEqual([false]);
});

test('a metric filter is named with the log group it is in', async () => {
  const { account, asked } = testChanges({ DescribeMetricFilters: { metricFilters: [{ filterName: 'errors' }] } });
  const group = { kind: 'aws_cloudwatch_log_group', reported: { name: 'audit' } };
  const errors = stored(metricFilter, { id: 'errors', name: 'errors' }, [group]);

  expect(await account.delete([errors], signal)).toEqual(['deleted']);
  expect(await account.exists([errors], signal)).toEqual([true]);
  expect(asked).toEqual([
    { call: 'DeleteMetricFilter', input: { logGroupName: 'audit', filterName: 'errors' } },
    { call: 'DescribeMetricFilters', input: { logGroupName: 'audit', filterNamePrefix: 'errors' } },
  ]);
});

test('a metric filter whose log group nobody knows is not deleted anywhere', async () => {
  const { account, calls } = testChanges({});

  await expect(account.delete([stored(metricFilter, { id: 'errors', name: 'errors' })], signal)).rejects.toMatchObject({
    code: 'unnamed_resource',
  });
  expect(calls()).toEqual([]);
});
