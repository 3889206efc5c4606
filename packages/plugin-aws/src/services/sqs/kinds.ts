import {
  boolean,
  datetime,
  dictionary,
  int64,
  item,
  object,
  parseJson,
  path,
  ref,
  string,
} from '@resoto/worker-core/plugin';

import { kmsKeyId } from '../../arn.ts';
import { awsKind, awsResource, awsValue } from '../../aws-kind.ts';
import { policyDocument } from '../../policy-document.ts';
import { calls, queueTags } from './calls.ts';
import { lookEach } from '../../changes/look-each.ts';
import { tagCalls } from '../../changes/tag-calls.ts';
import { sqs } from './client.ts';

const redrivePolicy = awsValue('aws_sqs_redrive_policy', {
  dead_letter_target_arn: string('deadLetterTargetArn'),
  max_receive_count: int64('maxReceiveCount'),
});

/** Read from the attributes of a queue with its `QueueUrl`, its `QueueName` and its `tagging`. */
export const queue = awsKind('aws_sqs_queue', [awsResource], {
  name: 'AWS SQS Queue',
  class: 'sqs.AwsSqsQueue',
  cleanup: {
    delete: sqs.change('DeleteQueue', { expected: calls.queueAttributes.expected }),
    input: { QueueUrl: 'sqs_queue_url' },
    exists: lookEach(
      calls.queueAttributes,
      { QueueUrl: 'sqs_queue_url' },
      { options: { AttributeNames: ['QueueArn'] } },
    ),
  },
  list: { call: calls.listQueues, items: 'QueueUrls', pageSize: 1000 },
  calls: [calls.queueAttributes, queueTags.call],
  arn: 'arn:{partition}:sqs:{region}:{account}:{id}',
  link: 'https://{region_id}.console.aws.amazon.com/sqs/v3/home?region={region}#/queues/{QueueUrl}',
  tags: tagCalls(sqs, {
    update: 'TagQueue',
    remove: 'UntagQueue',
    resource: { QueueUrl: 'sqs_queue_url' },
    form: 'map',
  }),
  properties: {
    id: string('QueueName'),
    name: string('QueueName'),
    arn: string('QueueArn'),
    tags: dictionary('string', 'tagging.Tags'),
    ctime: datetime('CreatedTimestamp'),
    mtime: datetime('LastModifiedTimestamp'),
    sqs_queue_url: string('QueueUrl'),
    sqs_approximate_number_of_messages: int64('ApproximateNumberOfMessages'),
    sqs_approximate_number_of_messages_not_visible: int64('ApproximateNumberOfMessagesNotVisible'),
    sqs_approximate_number_of_messages_delayed: int64('ApproximateNumberOfMessagesDelayed'),
    sqs_policy: dictionary('any', path('Policy', policyDocument)),
    sqs_redrive_policy: object(redrivePolicy, path('RedrivePolicy', parseJson)),
    sqs_fifo_queue: boolean('FifoQueue'),
    sqs_content_based_deduplication: boolean('ContentBasedDeduplication'),
    sqs_kms_master_key_id: string('KmsMasterKeyId'),
    sqs_kms_data_key_reuse_period_seconds: int64('KmsDataKeyReusePeriodSeconds'),
    sqs_deduplication_scope: string('DeduplicationScope'),
    sqs_fifo_throughput_limit: string('FifoThroughputLimit'),
    sqs_redrive_allow_policy: string(path('RedriveAllowPolicy', parseJson, item('redrivePermission'))),
    sqs_visibility_timeout: int64('VisibilityTimeout'),
    sqs_maximum_message_size: int64('MaximumMessageSize'),
    sqs_message_retention_period: int64('MessageRetentionPeriod'),
    sqs_delay_seconds: int64('DelaySeconds'),
    sqs_receive_message_wait_time_seconds: int64('ReceiveMessageWaitTimeSeconds'),
    sqs_managed_sse_enabled: boolean('SqsManagedSseEnabled'),
  },
  references: [ref('aws_kms_key', { by: 'id', from: path('KmsMasterKeyId', kmsKeyId), default: 'out', delete: 'in' })],
});
