import { expect, test } from '@jest/globals';

import { signal, stored, testChanges } from '../../../test/test-changes.ts';
import { vendorError } from '../../../test/test-run.ts';
import { group } from './kinds.ts';

const workers = stored(group, { id: 'workers', name: 'workers' });

test('a group goes with its instances, which takes a while', async () => {
  const { account, asked } = testChanges({
    DescribeAutoScalingGroups: {
      AutoScalingGroups: [{ AutoScalingGroupName: 'workers', Status: 'Delete in progress' }],
    },
  });

  expect(await account.delete([workers], signal)).toEqual(['requested']);
  expect(await account.exists([workers, stored(group, { id: 'old' })], signal)).toEqual([true, false]);
  expect(asked.map(({ input }) => input)).toEqual([
    { AutoScalingGroupName: 'workers', ForceDelete: true },
    { AutoScalingGroupNames: ['workers', 'old'] },
  ]);
});

test.each([
  ['Delete in progress', ['requested']],
  [undefined, 'resource_in_use'],
])('the deletion of a group that is refused in state %s ends with %s', async (Status, outcome) => {
  const { account } = testChanges({
    DeleteAutoScalingGroup: vendorError('ScalingActivityInProgress'),
    DescribeAutoScalingGroups: { AutoScalingGroups: [{ AutoScalingGroupName: 'workers', Status }] },
  });

  const ended = account.delete([workers], signal).catch(({ code }: { code: string }) => code);
  expect(await ended).toEqual(outcome);
});
