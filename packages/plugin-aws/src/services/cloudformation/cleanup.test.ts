import { describe, expect, test } from '@jest/globals';

import { signal, stored, testChanges } from '../../../test/test-changes.ts';
import { vendorError } from '../../../test/test-run.ts';
import { stack, stackSet } from './kinds.ts';

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
