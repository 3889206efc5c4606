import { member } from '@resoto/worker-core/plugin';

import type { FollowUp } from '../../follow-ups.ts';
import { sqs } from './client.ts';

// A queue may be deleted between the list and these calls.
const expected = ['AWS.SimpleQueueService.NonExistentQueue', 'QueueDoesNotExist'];

export const calls = {
  listQueues: sqs('ListQueues'),
  queueAttributes: sqs('GetQueueAttributes', { expected }),
};

export const queueTags: FollowUp = {
  as: 'tagging',
  call: sqs('ListQueueTags', { expected }),
  input: (answer) => ({ QueueUrl: member(answer, 'QueueUrl') }),
  tells: ['tags'],
};
