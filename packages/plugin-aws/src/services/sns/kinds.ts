import { boolean, dictionary, int64, path, ref, string } from '@resoto/worker-core/plugin';
import type { Property } from '@resoto/worker-core/plugin';

import { kmsKeyId } from '../../arn.ts';
import { awsKind, awsResource, tagList } from '../../aws-kind.ts';
import { policyDocument } from '../../policy-document.ts';
import { calls, topicTags } from './calls.ts';
import { lookEach } from '../../changes/look-each.ts';
import { tagCalls } from '../../changes/tag-calls.ts';
import { sns } from './client.ts';

/** Read from the attributes of a topic with its `tagging`. */
export const topic = awsKind('aws_sns_topic', [awsResource], {
  name: 'AWS SNS Topic',
  class: 'sns.AwsSnsTopic',
  cleanup: {
    delete: sns.change('DeleteTopic', { expected: ['NotFound'] }),
    input: { TopicArn: 'arn' },
    exists: lookEach(calls.topicAttributes, { TopicArn: 'arn' }),
  },
  list: { call: calls.listTopics, items: 'Topics' },
  calls: [calls.topicAttributes, topicTags.call],
  arn: 'arn:{partition}:sns:{region}:{account}:{name}',
  link: 'https://{region_id}.console.aws.amazon.com/sns/v3/home?region={region}#/topic/{arn}',
  tags: tagCalls(sns, { resource: { ResourceArn: 'arn' } }),
  properties: {
    id: string('TopicArn'),
    name: string('DisplayName'),
    arn: string('TopicArn'),
    tags: tagList('tagging.Tags'),
    topic_subscriptions_confirmed: int64('SubscriptionsConfirmed'),
    topic_subscriptions_deleted: int64('SubscriptionsDeleted'),
    topic_subscriptions_pending: int64('SubscriptionsPending'),
    topic_policy: dictionary('any', path('Policy', policyDocument)),
    topic_delivery_policy: string('DeliveryPolicy'),
    topic_effective_delivery_policy: string('EffectiveDeliveryPolicy'),
    topic_owner: string('Owner'),
    topic_kms_master_key_id: string('KmsMasterKeyId'),
    topic_fifo_topic: flag('FifoTopic'),
    topic_content_based_deduplication: flag('ContentBasedDeduplication'),
  },
  references: [ref('aws_kms_key', { by: 'id', from: path('KmsMasterKeyId', kmsKeyId), default: 'out', delete: 'in' })],
});

/** Read from its attributes. */
export const subscription = awsKind('aws_sns_subscription', [awsResource], {
  name: 'AWS SNS Subscription',
  class: 'sns.AwsSnsSubscription',
  cleanup: {
    delete: sns.change('Unsubscribe', { expected: ['NotFound'] }),
    input: { SubscriptionArn: 'arn' },
    exists: lookEach(calls.subscriptionAttributes, { SubscriptionArn: 'arn' }),
  },
  list: { call: calls.listSubscriptions, items: 'Subscriptions' },
  calls: [calls.subscriptionAttributes],
  arn: 'arn:{partition}:sns:{region}:{account}:{name}',
  link: 'https://{region_id}.console.aws.amazon.com/sns/v3/home?region={region}#/topic/{arn}',
  properties: {
    id: string('SubscriptionArn'),
    name: string('SubscriptionArn'),
    arn: string('SubscriptionArn'),
    subscription_confirmation_was_authenticated: flag('ConfirmationWasAuthenticated'),
    subscription_delivery_policy: string('DeliveryPolicy'),
    subscription_effective_delivery_policy: string('EffectiveDeliveryPolicy'),
    subscription_filter_policy: string('FilterPolicy'),
    subscription_owner: string('Owner'),
    subscription_pending_confirmation: flag('PendingConfirmation'),
    subscription_raw_message_delivery: flag('RawMessageDelivery'),
    subscription_redrive_policy: string('RedrivePolicy'),
    subscription_topic_arn: string('TopicArn'),
    subscription_role_arn: string('SubscriptionRoleArn'),
  },
  references: [
    ref(topic, { by: 'arn', from: 'TopicArn', default: 'in' }),
    ref('aws_iam_role', { by: 'arn', from: 'SubscriptionRoleArn', default: 'in', delete: 'in' }),
  ],
});

/** Read from its attributes with its `Arn`. */
export const platformApplication = awsKind('aws_sns_platform_application', [awsResource], {
  name: 'AWS SNS Platform Application',
  class: 'sns.AwsSnsPlatformApplication',
  cleanup: {
    delete: sns.change('DeletePlatformApplication', { expected: ['NotFound'] }),
    input: { PlatformApplicationArn: 'arn' },
    exists: lookEach(calls.applicationAttributes, { PlatformApplicationArn: 'arn' }),
  },
  list: { call: calls.listApplications, items: 'PlatformApplications' },
  calls: [calls.applicationAttributes],
  arn: 'arn:{partition}:sns:{region}:{account}:platform-application/{name}',
  properties: {
    id: string('Arn'),
    arn: string('Arn'),
    application_apple_certificate_expiry_date: string('AppleCertificateExpiryDate'),
    application_apple_platform_team_id: string('ApplePlatformTeamID'),
    application_apple_platform_bundle_id: string('ApplePlatformBundleID'),
    application_event_endpoint_created: string('EventEndpointCreated'),
    application_event_endpoint_deleted: string('EventEndpointDeleted'),
    application_event_endpoint_updated: string('EventEndpointUpdated'),
    application_event_endpoint_failure: string('EventDeliveryFailure'),
  },
  references: ['EventEndpointCreated', 'EventEndpointDeleted', 'EventEndpointUpdated', 'EventDeliveryFailure'].map(
    (event) => ref(topic, { by: 'arn', from: event, default: 'out' }),
  ),
  successors: { default: ['aws_sns_endpoint'] },
});

/** Read from its attributes with its `Arn`. */
export const endpoint = awsKind('aws_sns_endpoint', [awsResource], {
  name: 'AWS SNS Endpoint',
  class: 'sns.AwsSnsEndpoint',
  cleanup: {
    delete: sns.change('DeleteEndpoint', { expected: ['NotFound'] }),
    input: { EndpointArn: 'arn' },
    exists: lookEach(calls.endpointAttributes, { EndpointArn: 'arn' }),
  },
  list: { call: calls.listEndpoints, items: 'Endpoints' },
  arn: 'arn:{partition}:sns:{region}:{account}:endpoint/{id}',
  properties: {
    id: string('Arn'),
    arn: string('Arn'),
    endpoint_enabled: flag('Enabled'),
    endpoint_token: string('Token'),
  },
});

/** A boolean that is sent as text. */
function flag(name: string): Property {
  return boolean(path(name, (text) => text === 'true'));
}
