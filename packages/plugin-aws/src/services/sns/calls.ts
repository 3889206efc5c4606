import { member } from '@resoto/worker-core/plugin';

import type { FollowUp } from '../../follow-ups.ts';
import { sns } from './client.ts';

// What is listed may be deleted before it is described.
const expected = ['NotFound'];

export const calls = {
  listTopics: sns('ListTopics'),
  topicAttributes: sns('GetTopicAttributes', { expected }),
  listSubscriptions: sns('ListSubscriptions'),
  // A subscription that nobody confirmed yet has no ARN to ask by.
  subscriptionAttributes: sns('GetSubscriptionAttributes', { expected: ['InvalidParameter', ...expected] }),
  // In regions without mobile push.
  listApplications: sns('ListPlatformApplications', { expected: ['InvalidAction'] }),
  applicationAttributes: sns('GetPlatformApplicationAttributes', { expected }),
  endpointAttributes: sns('GetEndpointAttributes', { expected }),
  listEndpoints: sns('ListEndpointsByPlatformApplication', { expected }),
};

export const topicTags: FollowUp = {
  as: 'tagging',
  call: sns('ListTagsForResource', { expected: ['ResourceNotFound'] }),
  input: (answer) => ({ ResourceArn: member(answer, 'TopicArn') }),
  tells: ['tags'],
};
