import { expect, test } from '@jest/globals';

import { testRun, vendorError } from '../../../test/test-run.ts';
import { collectGlobalTables, collectTables } from './collect.ts';
import { table } from './kinds.ts';

test('a table has its tags, from all pages', async () => {
  const { run, sink, asked } = testRun({
    ListTables: { TableNames: ['locks'] },
    DescribeTable: {
      Table: {
        TableName: 'locks',
        TableId: 't-1',
        TableArn: 'arn:t',
        KeySchema: [{ AttributeName: 'Id', KeyType: 'HASH' }],
      },
    },
    ListTagsOfResource: ({ NextToken }: { NextToken?: string }) =>
      NextToken === undefined
        ? { Tags: [{ Key: 'a', Value: '1' }], NextToken: 'more' }
        : { Tags: [{ Key: 'b', Value: '2' }] },
  });

  await collectTables(run);

  expect(sink.nodes[0]?.reported).toMatchObject({
    id: 't-1',
    name: 'locks',
    arn: 'arn:t',
    tags: { a: '1', b: '2' },
    dynamodb_key_schema: [{ attribute_name: 'Id', key_type: 'HASH' }],
    dynamodb_replicas: [],
  });
  expect(asked.at(-1)?.input).toEqual({ ResourceArn: 'arn:t', NextToken: 'more' });
});

test('pages of tables follow each other by the name of the last one', async () => {
  const { run, sink } = testRun({
    ListTables: ({ ExclusiveStartTableName: start }: { ExclusiveStartTableName?: string }) =>
      start === undefined ? { TableNames: ['a'], LastEvaluatedTableName: 'a' } : { TableNames: ['b'] },
    DescribeTable: ({ TableName }: { TableName: string }) => ({ Table: { TableName, TableId: TableName } }),
  });

  await collectTables(run);

  expect(sink.nodes.map(({ reported }) => reported['name'])).toEqual(['a', 'b']);
});

test('a table without id is known by its name', async () => {
  const { run, sink } = testRun({
    ListTables: { TableNames: ['locks'] },
    DescribeTable: { Table: { TableName: 'locks', TableArn: 'arn:t' } },
  });

  await collectTables(run);

  expect(sink.nodes[0]?.reported).toMatchObject({ id: 'locks', name: 'locks', arn: 'arn:t' });
});

test('a table that is gone by now is left out', async () => {
  const { run, sink, problems } = testRun({
    ListTables: { TableNames: ['locks'] },
    DescribeTable: vendorError('ResourceNotFoundException'),
  });

  await collectTables(run);

  expect([sink.nodes, problems]).toEqual([[], []]);
});

test.each([
  ['goes on after the last one of a page', 'a', ['a', 'b']],
  ['ends at a name it does not know', 'string', ['a']],
])('the list of global tables %s', async (_what, last, names) => {
  const { run, sink } = testRun({
    ListGlobalTables: ({ ExclusiveStartGlobalTableName: start }: { ExclusiveStartGlobalTableName?: string }) =>
      start === undefined
        ? { GlobalTables: [{ GlobalTableName: 'a' }], LastEvaluatedGlobalTableName: last }
        : { GlobalTables: [{ GlobalTableName: 'b' }] },
    DescribeGlobalTable: ({ GlobalTableName }: { GlobalTableName: string }) => ({
      GlobalTableDescription: { GlobalTableName },
    }),
  });

  await collectGlobalTables(run);

  expect(sink.nodes.map(({ reported }) => reported['id'])).toEqual(names);
});

test('a table refers to the keys of its replicas and to its own', () => {
  const found = table.references.map(({ read }) =>
    read({
      Replicas: [{ KMSMasterKeyId: 'k-1' }, { KMSMasterKeyId: 'arn:aws:kms:eu-west-1:123456789012:key/k-2' }, {}],
      SSEDescription: { KMSMasterKeyArn: 'arn:k' },
    }),
  );

  expect(found).toEqual([undefined, ['k-1', 'k-2'], 'arn:k']);
});
