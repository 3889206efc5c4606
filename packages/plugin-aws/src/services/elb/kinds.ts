import { base, boolean, constant, datetime, int64, list, object, ref, string } from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue, tagList } from '../../aws-kind.ts';
import { getMetricData } from '../../metrics.ts';
import { describeLoadBalancers, followUps } from './calls.ts';
import { tagCalls } from '../../changes/tag-calls.ts';
import { elb } from './client.ts';

const listener = awsValue('aws_elb_listener', {
  protocol: string('Protocol'),
  load_balancer_port: int64('LoadBalancerPort'),
  instance_protocol: string('InstanceProtocol'),
  instance_port: int64('InstancePort'),
  ssl_certificate_id: string('SSLCertificateId'),
});

const listenerDescription = awsValue('aws_elb_listener_description', {
  listener: object(listener, 'Listener'),
  policy_names: list('string', 'PolicyNames'),
});

const appCookieStickinessPolicy = awsValue(
  'aws_elb_app_cookie_stickiness_policy',
  {
    policy_name: string('PolicyName'),
    cookie_name: string('CookieName'),
  },
  'AWS ELB Application Cookie Stickiness Policy',
);

const lbCookieStickinessPolicy = awsValue('aws_elb_lb_cookie_stickiness_policy', {
  policy_name: string('PolicyName'),
  cookie_expiration_period: int64('CookieExpirationPeriod'),
});

const policies = awsValue('aws_elb_policies', {
  app_cookie_stickiness_policies: list(appCookieStickinessPolicy, 'AppCookieStickinessPolicies'),
  lb_cookie_stickiness_policies: list(lbCookieStickinessPolicy, 'LBCookieStickinessPolicies'),
  other_policies: list('string', 'OtherPolicies'),
});

const backendServerDescription = awsValue('aws_elb_backend_server_description', {
  instance_port: int64('InstancePort'),
  policy_names: list('string', 'PolicyNames'),
});

const healthCheck = awsValue('aws_elb_health_check', {
  target: string('Target'),
  interval: int64('Interval'),
  timeout: int64('Timeout'),
  unhealthy_threshold: int64('UnhealthyThreshold'),
  healthy_threshold: int64('HealthyThreshold'),
});

const sourceSecurityGroup = awsValue('aws_elb_source_security_group', {
  owner_alias: string('OwnerAlias'),
  group_name: string('GroupName'),
});

const accessLog = awsValue('aws_elb_access_log', {
  enabled: boolean('Enabled'),
  s3_bucket_name: string('S3BucketName'),
  emit_interval: int64('EmitInterval'),
  s3_bucket_prefix: string('S3BucketPrefix'),
});

const connectionDraining = awsValue('aws_elb_connection_draining', {
  enabled: boolean('Enabled'),
  timeout: int64('Timeout'),
});

const additionalAttribute = awsValue('aws_elb_additional_attribute', {
  key: string('Key'),
  value: string('Value'),
});

const loadBalancerAttributes = awsValue('aws_elb_load_balancer_attributes', {
  cross_zone_load_balancing: boolean('CrossZoneLoadBalancing.Enabled'),
  access_log: object(accessLog, 'AccessLog'),
  connection_draining: object(connectionDraining, 'ConnectionDraining'),
  connection_settings: int64('ConnectionSettings.IdleTimeout'),
  additional_attributes: list(additionalAttribute, 'AdditionalAttributes'),
});

/** Read from an item of the list and the answers to `followUps`. */
export const loadBalancer = awsKind('aws_elb', [awsResource, base.loadBalancer], {
  name: 'AWS ELB',
  class: 'elb.AwsElb',
  cleanup: {
    delete: elb.change('DeleteLoadBalancer', { expected: ['LoadBalancerNotFound'] }),
    input: { LoadBalancerName: 'name' },
    exists: {
      call: describeLoadBalancers,
      by: {},
      items: 'LoadBalancerDescriptions',
      id: 'LoadBalancerName',
      property: 'name',
      batch: 100,
    },
  },
  list: { call: describeLoadBalancers, items: 'LoadBalancerDescriptions' },
  calls: [...followUps.map(({ call }) => call), getMetricData],
  arn: 'arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/ec2/home?region={region}#LoadBalancer:loadBalancerArn={name}',
  tags: tagCalls(elb, {
    update: 'AddTags',
    remove: 'RemoveTags',
    resource: { LoadBalancerNames: ['name'] },
    members: { tags: 'Tags', keys: 'Tags' },
    keys: 'objects',
  }),
  properties: {
    id: string('DNSName'),
    name: string('LoadBalancerName'),
    tags: tagList('tagging.TagDescriptions[0].Tags'),
    ctime: datetime('CreatedTime'),
    lb_type: string(constant('elb')),
    backends: list('string', 'Instances[].InstanceId'),
    scheme: string('Scheme'),
    elb_canonical_hosted_zone_name: string('CanonicalHostedZoneName'),
    elb_canonical_hosted_zone_name_id: string('CanonicalHostedZoneNameID'),
    elb_listener_descriptions: list(listenerDescription, 'ListenerDescriptions'),
    elb_policies: object(policies, 'Policies'),
    elb_backend_server_descriptions: list(backendServerDescription, 'BackendServerDescriptions'),
    elb_availability_zones: list('string', 'AvailabilityZones'),
    elb_health_check: object(healthCheck, 'HealthCheck'),
    elb_source_security_group: object(sourceSecurityGroup, 'SourceSecurityGroup'),
    elb_attributes: object(loadBalancerAttributes, 'attributes.LoadBalancerAttributes'),
  },
  references: [
    ref('aws_vpc', { by: 'id', from: 'VPCId', default: 'in', delete: 'in' }),
    ref('aws_ec2_subnet', { by: 'id', from: 'Subnets', default: 'in', delete: 'in' }),
    ref('aws_ec2_security_group', { by: 'id', from: 'SecurityGroups', default: 'in', delete: 'in' }),
    ref('aws_ec2_instance', { by: 'id', from: 'Instances[].InstanceId', default: 'out', delete: 'in' }),
  ],
});
