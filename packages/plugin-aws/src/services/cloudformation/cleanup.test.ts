import { describe, expect, test } from '@jest/globals';

import { signal, stored, testChanges } from '../../../test/test-changes.ts';
import { vendorError } from '../../../test/test-run.ts';
import { stack, stackInstance, stackSet } from './kinds.ts';

const shop = stored(stack, { id: 'arn:stack/shop/1', name: 'shop' });
const old = stored(stack, { id: 'arn:stack/shop/0', name: 'shop' });

describe('a stack', () => {
  test('goes by its id, because another one may have its name', async () => {
    const { account, asked } = testChanges({});

    expect(await account.delete([shop], signal)).toEqual(['requested']);
    expect(asked).toEqual([{ call: 'DeleteStack', input: { StackName: 'arn:stack/shop/1' } }]);
  });

  test.each([
    ['DELETE_IN_PROGRESS', true],
    ['DELETE_COMPLETE', false],
  ])('in state %s exists: %s', async (StackStatus, exists) => {
    const { account } = testChanges({ DescribeStacks: { Stacks: [{ StackId: 'arn:stack/shop/1', StackStatus }] } });

    expect(await account.exists([shop], signal)).toEqual([exists]);
  });

  test('that could not be deleted says why', async () => {
    const failed = {
      StackId: 'arn:stack/shop/1',
      StackStatus: 'DELETE_FAILED',
      StackStatusReason: 'The bucket is not empty',
    };
    const { account } = testChanges({ DescribeStacks: { Stacks: [failed] } });

    const message = expect.stringContaining('The bucket is not empty');
    expect(await account.exists([shop], signal)).toEqual([{ error: expect.objectContaining({ message }) }]);
  });

  test('is looked for in the list of all, if there are others', async () => {
    const { account, asked } = testChanges({
      DescribeStacks: { Stacks: [{ StackId: 'arn:stack/shop/1', StackStatus: 'DELETE_IN_PROGRESS' }] },
    });

    expect(await account.exists([old, shop], signal)).toEqual([false, true]);
    expect(asked).toEqual([{ call: 'DescribeStacks', input: {} }]);
  });

  test('nobody knows is gone', async () => {
    const { account } = testChanges({ DescribeStacks: vendorError('ValidationError') });

    expect(await account.exists([shop], signal)).toEqual([false]);
  });
});

test('a stack set with stacks is left as it is', async () => {
  const { account } = testChanges({ DeleteStackSet: vendorError('StackSetNotEmptyException', 409) });

  await expect(account.delete([stored(stackSet, { id: 'set:1' })], signal)).rejects.toMatchObject({
    code: 'provider_failed',
  });
});

describe('an instance of a stack set', () => {
  test('goes with its stack, together with others of all accounts in all regions', async () => {
    const { account, asked } = testChanges({});
    const all = [instance('1', 'a'), instance('2', 'a'), instance('1', 'b'), instance('2', 'b')];

    expect(await account.delete(all, signal)).toEqual(['requested', 'requested', 'requested', 'requested']);
    expect(asked).toEqual([
      {
        call: 'DeleteStackInstances',
        input: { StackSetName: 'base:1', Accounts: ['1', '2'], Regions: ['a', 'b'], RetainStacks: false },
      },
    ]);
  });

  test('never takes one along that is not meant: those go with one operation of their set after the other', async () => {
    const { account, asked } = testChanges({});
    const [alone, ...row] = [instance('1', 'b'), instance('1', 'a'), instance('2', 'a')] as const;
    const other = instance('1', 'b', { stack_instance_stack_set_id: 'other:1' });

    const results = await account.delete([alone, ...row, other], signal);

    const waits = { error: expect.objectContaining({ code: 'resource_in_use' }) };
    expect(results).toEqual([waits, 'requested', 'requested', 'requested']);
    expect(asked.map(({ input: { StackSetName, Accounts, Regions } }) => [StackSetName, Accounts, Regions])).toEqual([
      ['base:1', ['1', '2'], ['a']],
      ['other:1', ['1'], ['b']],
    ]);
  });

  test('that cannot be deleted does not keep others of its set', async () => {
    const { account } = testChanges({
      DeleteStackInstances: ({ Regions }: { Regions: readonly string[] }) =>
        Regions.includes('a') ? vendorError('StackInstanceNotFoundException', 404) : {},
    });

    const results = await account.delete([instance('1', 'a'), instance('2', 'b')], signal);

    expect(results).toEqual(['already_gone', 'requested']);
  });

  test('of an organization is named by its unit', async () => {
    const { account, asked } = testChanges({});

    await account.delete([instance('1', 'a', { stack_instance_organizational_unit_id: 'ou-1' })], signal);

    expect(asked[0]?.input).toEqual({
      StackSetName: 'base:1',
      DeploymentTargets: { OrganizationalUnitIds: ['ou-1'], Accounts: ['1'], AccountFilterType: 'INTERSECTION' },
      Regions: ['a'],
      RetainStacks: false,
    });
  });

  test('may be tried again while the set is at something else', async () => {
    const { account, calls } = testChanges({
      DeleteStackInstances: vendorError('OperationInProgressException', 409),
    });

    const results = await account.delete([instance('1', 'a'), instance('2', 'b')], signal);

    const inUse = { error: expect.objectContaining({ code: 'resource_in_use' }) };
    expect(results).toEqual([inUse, inUse]);
    expect(calls()).toEqual(['DeleteStackInstances']);
  });

  test('is gone when its set does not list it any more', async () => {
    const { account, asked } = testChanges({ ListStackInstances: { Summaries: [listed('1', 'a', 'RUNNING')] } });

    expect(await account.exists([instance('1', 'a'), instance('2', 'a')], signal)).toEqual([true, false]);
    expect(asked).toEqual([{ call: 'ListStackInstances', input: { StackSetName: 'base:1' } }]);
  });

  test('that could not be deleted says why', async () => {
    const summaries = [listed('1', 'a', 'FAILED'), { ...listed('2', 'a', 'FAILED'), LastOperationId: 'before' }];
    const { account } = testChanges({ ListStackInstances: { Summaries: summaries } });

    const message = expect.stringContaining('the role is missing');
    // The other one failed before anybody wanted to delete it.
    expect(await account.exists([instance('1', 'a'), instance('2', 'a')], signal)).toEqual([
      { error: expect.objectContaining({ message }) },
      true,
    ]);
  });
});

function instance(account: string, region: string, more: object = {}) {
  return stored(stackInstance, {
    id: `base:1//${account}/${region}`,
    stack_instance_stack_set_id: 'base:1',
    stack_instance_account: account,
    stack_instance_region: region,
    stack_instance_last_operation_id: 'before',
    ...more,
  });
}

function listed(Account: string, Region: string, DetailedStatus: string) {
  const StatusReason = 'the role is missing';
  return { Account, Region, StackInstanceStatus: { DetailedStatus }, LastOperationId: 'deletion', StatusReason };
}
