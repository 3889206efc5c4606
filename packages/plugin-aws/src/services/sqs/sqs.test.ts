import { expect, test } from '@jest/globals';

import { testRun, vendorError } from '../../../test/test-run.ts';
import { collectQueues } from './collect.ts';
import { queue } from './kinds.ts';

const url = 'https://sqs.us-east-1.amazonaws.com/123456789012/orders.fifo';
const attributes = {
  QueueArn: 'arn:aws:sqs:us-east-1:123456789012:orders.fifo',
  CreatedTimestamp: '1659601278',
  LastModifiedTimestamp: '1659601279',
  ApproximateNumberOfMessages: '12',
  FifoQueue: 'true',
  RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dead","maxReceiveCount":"5"}',
  RedriveAllowPolicy: '{"redrivePermission":"allowAll"}',
  Policy: '{"Version":"2008-10-17","Statement":[{"Action":["SQS:b","SQS:a"]}]}',
};

test('attributes that are sent as text have their types', async () => {
  const { run, sink, asked } = testRun({
    ListQueues: { QueueUrls: [url] },
    GetQueueAttributes: { Attributes: attributes },
    ListQueueTags: { Tags: { owner: 'me' } },
  });

  await collectQueues(run);

  expect(sink.nodes).toEqual([
    expect.objectContaining({
      reported: {
        id: 'orders.fifo',
        name: 'orders.fifo',
        arn: 'arn:aws:sqs:us-east-1:123456789012:orders.fifo',
        tags: { owner: 'me' },
        ctime: '2022-08-04T08:21:18Z',
        mtime: '2022-08-04T08:21:19Z',
        sqs_queue_url: url,
        sqs_approximate_number_of_messages: 12,
        sqs_fifo_queue: true,
        sqs_redrive_policy: {
          dead_letter_target_arn: 'arn:aws:sqs:us-east-1:123456789012:dead',
          max_receive_count: 5,
        },
        sqs_redrive_allow_policy: 'allowAll',
        sqs_policy: { Statement: [{ Action: ['SQS:a', 'SQS:b'] }], Version: '2008-10-17' },
      },
    }),
  ]);
  expect(asked.map(({ input }) => input)).toEqual([
    { MaxResults: 1000 },
    { QueueUrl: url, AttributeNames: ['All'] },
    { QueueUrl: url },
  ]);
});

test('a queue that is gone by now is left out', async () => {
  const { run, sink, problems } = testRun({
    ListQueues: { QueueUrls: [url] },
    GetQueueAttributes: vendorError('AWS.SimpleQueueService.NonExistentQueue'),
  });

  await collectQueues(run);

  expect(sink.nodes).toEqual([]);
  expect(problems).toEqual([]);
});

test('a queue that may not be looked at keeps no other back', async () => {
  const { run, sink } = testRun({
    ListQueues: { QueueUrls: ['https://a/1/secret', url] },
    GetQueueAttributes: ({ QueueUrl }: { QueueUrl: string }) =>
      QueueUrl === url ? { Attributes: attributes } : vendorError('AccessDenied', 403),
  });

  const collected = collectQueues(run);

  await expect(collected).rejects.toMatchObject({ code: 'missing_permission' });
  expect(sink.nodes.map(({ reported }) => reported['id'])).toEqual(['orders.fifo']);
});

test('tags that may not be read are missing', async () => {
  const { run, sink, problems } = testRun({
    ListQueues: { QueueUrls: [url] },
    GetQueueAttributes: { Attributes: attributes },
    ListQueueTags: vendorError('AccessDenied', 403),
  });

  await collectQueues(run);

  expect(sink.nodes[0]?.missing).toEqual(['tags']);
  expect(problems).toEqual([expect.objectContaining({ code: 'missing_permission' })]);
});

test('a key is known by its id and by its ARN', () => {
  const [key] = queue.references;

  expect(key?.read({ KmsMasterKeyId: 'k-1' })).toBe('k-1');
  expect(key?.read({ KmsMasterKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k-1' })).toBe('k-1');
});
