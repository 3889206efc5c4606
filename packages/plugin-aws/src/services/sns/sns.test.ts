import { expect, test } from '@jest/globals';

import { testRun, vendorError } from '../../../test/test-run.ts';
import { collectApplications, collectSubscriptions, collectTopics } from './collect.ts';
import { platformApplication } from './kinds.ts';

const topicArn = 'arn:aws:sns:us-east-1:123456789012:news';

function topics(attributes: object) {
  return {
    ListTopics: { Topics: [{ TopicArn: topicArn }] },
    GetTopicAttributes: { Attributes: { TopicArn: topicArn, ...attributes } },
  };
}

test('attributes of a topic that are sent as text have their types', async () => {
  const { run, sink } = testRun({
    ...topics({
      DisplayName: 'News',
      SubscriptionsConfirmed: '3',
      FifoTopic: 'false',
      Policy: '{"Statement":[{"Action":["b","a"]}]}',
    }),
    ListTagsForResource: { Tags: [{ Key: 'owner', Value: 'me' }] },
  });

  await collectTopics(run);

  expect(sink.nodes).toEqual([
    expect.objectContaining({
      reported: {
        id: topicArn,
        name: 'News',
        arn: topicArn,
        tags: { owner: 'me' },
        topic_subscriptions_confirmed: 3,
        topic_policy: { Statement: [{ Action: ['a', 'b'] }] },
        topic_fifo_topic: false,
      },
      metadata: {
        provider_link:
          'https://us-east-1.console.aws.amazon.com/sns/v3/home?region=us-east-1#/topic/arn%3Aaws%3Asns%3Aus-east-1%3A123456789012%3Anews',
      },
    }),
  ]);
});

test.each([
  ['its ARN when it has no display name', {}, topicArn],
  ['the empty text when that is its display name', { DisplayName: '' }, ''],
])('the name of a topic is %s', async (_what, attributes, name) => {
  const { run, sink } = testRun(topics(attributes));

  await collectTopics(run);

  expect(sink.nodes[0]?.reported['name']).toBe(name);
});

test('a subscription that nobody confirmed is left out', async () => {
  const confirmed = `${topicArn}:1`;
  const { run, sink, problems } = testRun({
    ListSubscriptions: { Subscriptions: [{ SubscriptionArn: 'PendingConfirmation' }, { SubscriptionArn: confirmed }] },
    GetSubscriptionAttributes: ({ SubscriptionArn }: { SubscriptionArn: string }) =>
      SubscriptionArn === confirmed
        ? { Attributes: { SubscriptionArn, TopicArn: topicArn, RawMessageDelivery: 'true' } }
        : vendorError('InvalidParameter'),
  });

  await collectSubscriptions(run);

  expect(sink.nodes.map(({ reported }) => reported)).toEqual([
    {
      id: confirmed,
      name: confirmed,
      arn: confirmed,
      tags: {},
      subscription_raw_message_delivery: true,
      subscription_topic_arn: topicArn,
    },
  ]);
  expect(problems).toEqual([]);
});

test('an application has edges to its endpoints', async () => {
  const { run, sink, asked } = testRun({
    ListPlatformApplications: { PlatformApplications: [{ PlatformApplicationArn: 'app' }] },
    GetPlatformApplicationAttributes: { Attributes: { EventEndpointCreated: topicArn } },
    ListEndpointsByPlatformApplication: {
      Endpoints: [{ EndpointArn: 'phone', Attributes: { Enabled: 'true', Token: 't' } }],
    },
  });

  await collectApplications(run);

  expect(sink.nodes.map(({ reported }) => reported)).toEqual([
    { id: 'app', name: 'app', arn: 'app', tags: {}, application_event_endpoint_created: topicArn },
    { id: 'phone', name: 'phone', arn: 'phone', tags: {}, endpoint_enabled: true, endpoint_token: 't' },
  ]);
  expect(sink.edges).toEqual(['app default phone']);
  expect(asked.at(-1)?.input).toEqual({ PlatformApplicationArn: 'app' });
});

test('an application refers to each topic it tells', () => {
  const told = platformApplication.references.map(({ read }) =>
    read({ EventEndpointDeleted: 'deleted', EventDeliveryFailure: 'failed' }),
  );

  expect(told).toEqual([undefined, 'deleted', undefined, 'failed']);
});

test('a region without mobile push has no applications', async () => {
  const { run, sink, problems } = testRun({ ListPlatformApplications: vendorError('InvalidAction') });

  await collectApplications(run);

  expect([sink.nodes, problems]).toEqual([[], []]);
});
