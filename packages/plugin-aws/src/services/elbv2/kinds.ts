import {
  base,
  boolean,
  constant,
  datetime,
  dictionary,
  int64,
  list,
  member,
  object,
  path,
  ref,
  string,
} from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue, tagList } from '../../aws-kind.ts';
import { getMetricData } from '../../metrics.ts';
import { describeLoadBalancers, describeTargetGroups, loadBalancerFollowUps, targetGroupFollowUps } from './calls.ts';
import { firstLoadBalancer } from './usage.ts';
import { tagCalls } from '../../changes/tag-calls.ts';
import { elbv2 } from './client.ts';

const loadBalancerState = awsValue('aws_alb_load_balancer_state', {
  code: string('Code'),
  reason: string('Reason'),
});

const loadBalancerAddress = awsValue('aws_alb_load_balancer_address', {
  ip_address: string('IpAddress'),
  allocation_id: string('AllocationId'),
  private_i_pv4_address: string('PrivateIPv4Address'),
  i_pv6_address: string('IPv6Address'),
});

const availabilityZone = awsValue('aws_alb_availability_zone', {
  zone_name: string('ZoneName'),
  subnet_id: string('SubnetId'),
  outpost_id: string('OutpostId'),
  load_balancer_addresses: list(loadBalancerAddress, 'LoadBalancerAddresses'),
});

const certificate = awsValue('aws_alb_certificate', {
  certificate_arn: string('CertificateArn'),
  is_default: boolean('IsDefault'),
});

const authenticateOidcActionConfig = awsValue(
  'aws_alb_authenticate_oidc_action_config',
  {
    issuer: string('Issuer'),
    authorization_endpoint: string('AuthorizationEndpoint'),
    token_endpoint: string('TokenEndpoint'),
    user_info_endpoint: string('UserInfoEndpoint'),
    client_id: string('ClientId'),
    client_secret: string('ClientSecret'),
    session_cookie_name: string('SessionCookieName'),
    scope: string('Scope'),
    session_timeout: int64('SessionTimeout'),
    authentication_request_extra_params: dictionary('string', 'AuthenticationRequestExtraParams'),
    on_unauthenticated_request: string('OnUnauthenticatedRequest'),
    use_existing_client_secret: boolean('UseExistingClientSecret'),
  },
  'AWS ALB Authenticate OIDC Action Configuration',
);

const authenticateCognitoActionConfig = awsValue('aws_alb_authenticate_cognito_action_config', {
  user_pool_arn: string('UserPoolArn'),
  user_pool_client_id: string('UserPoolClientId'),
  user_pool_domain: string('UserPoolDomain'),
  session_cookie_name: string('SessionCookieName'),
  scope: string('Scope'),
  session_timeout: int64('SessionTimeout'),
  authentication_request_extra_params: dictionary('string', 'AuthenticationRequestExtraParams'),
  on_unauthenticated_request: string('OnUnauthenticatedRequest'),
});

const redirectActionConfig = awsValue('aws_alb_redirect_action_config', {
  protocol: string('Protocol'),
  port: string('Port'),
  host: string('Host'),
  path: string('Path'),
  query: string('Query'),
  status_code: string('StatusCode'),
});

const fixedResponseActionConfig = awsValue('aws_alb_fixed_response_action_config', {
  message_body: string('MessageBody'),
  status_code: string('StatusCode'),
  content_type: string('ContentType'),
});

const targetGroupTuple = awsValue('aws_alb_target_group_tuple', {
  target_group_arn: string('TargetGroupArn'),
  weight: int64('Weight'),
});

const targetGroupStickinessConfig = awsValue(
  'aws_alb_target_group_stickiness_config',
  {
    enabled: boolean('Enabled'),
    duration_seconds: int64('DurationSeconds'),
  },
  'AWS ALB Target Group Stickiness Configuration',
);

const forwardActionConfig = awsValue(
  'aws_alb_forward_action_config',
  {
    target_groups: list(targetGroupTuple, 'TargetGroups'),
    target_group_stickiness_config: object(targetGroupStickinessConfig, 'TargetGroupStickinessConfig'),
  },
  'AWS ALB Forward Action Configuration',
);

const action = awsValue(
  'aws_alb_action',
  {
    type: string('Type'),
    target_group_arn: string('TargetGroupArn'),
    authenticate_oidc_config: object(authenticateOidcActionConfig, 'AuthenticateOidcConfig'),
    authenticate_cognito_config: object(authenticateCognitoActionConfig, 'AuthenticateCognitoConfig'),
    order: int64('Order'),
    redirect_config: object(redirectActionConfig, 'RedirectConfig'),
    fixed_response_config: object(fixedResponseActionConfig, 'FixedResponseConfig'),
    forward_config: object(forwardActionConfig, 'ForwardConfig'),
  },
  'AWS Application Load Balancer Action',
);

const listener = awsValue('aws_alb_listener', {
  listener_arn: string('ListenerArn'),
  load_balancer_arn: string('LoadBalancerArn'),
  port: int64('Port'),
  protocol: string('Protocol'),
  certificates: list(certificate, 'Certificates'),
  ssl_policy: string('SslPolicy'),
  default_actions: list(action, 'DefaultActions'),
  alpn_policy: list('string', 'AlpnPolicy'),
});

/** Read from an item of the list and the answers to `loadBalancerFollowUps`. */
export const loadBalancer = awsKind('aws_alb', [awsResource, base.loadBalancer], {
  name: 'AWS ALB',
  class: 'elbv2.AwsAlb',
  cleanup: {
    delete: elbv2.change('DeleteLoadBalancer', { expected: ['LoadBalancerNotFound'] }),
    input: { LoadBalancerArn: 'arn' },
    exists: {
      call: describeLoadBalancers,
      by: {},
      items: 'LoadBalancers',
      id: 'LoadBalancerArn',
      property: 'arn',
      batch: 100,
    },
  },
  list: { call: describeLoadBalancers, items: 'LoadBalancers' },
  calls: [...loadBalancerFollowUps.map(({ call }) => call), getMetricData],
  arn: 'arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/ec2/home?region={region}#LoadBalancer:loadBalancerArn={arn}',
  tags: tagCalls(elbv2, { update: 'AddTags', remove: 'RemoveTags', resource: { ResourceArns: ['arn'] } }),
  properties: {
    id: string('LoadBalancerName'),
    name: string('LoadBalancerName'),
    arn: string('LoadBalancerArn'),
    tags: tagList('tagging.TagDescriptions[0].Tags'),
    ctime: datetime('CreatedTime'),
    public_ip_address: string('AvailabilityZones[0].LoadBalancerAddresses[0].IpAddress'),
    lb_type: string(constant('alb')),
    alb_dns_name: string('DNSName'),
    alb_canonical_hosted_zone_id: string('CanonicalHostedZoneId'),
    alb_scheme: string('Scheme'),
    alb_state: object(loadBalancerState, 'State'),
    alb_availability_zones: list(availabilityZone, 'AvailabilityZones'),
    alb_security_groups: list('string', 'SecurityGroups'),
    alb_ip_address_type: string('IpAddressType'),
    alb_customer_owned_ipv4_pool: string('CustomerOwnedIpv4Pool'),
    alb_type: string('Type'),
    alb_listener: list(listener, 'listeners'),
  },
  references: [
    ref('aws_vpc', { by: 'id', from: 'VpcId', default: 'in', delete: 'in' }),
    ref('aws_ec2_subnet', { by: 'id', from: 'AvailabilityZones[].SubnetId', default: 'in', delete: 'in' }),
    ref('aws_ec2_security_group', { by: 'id', from: 'SecurityGroups', default: 'in', delete: 'in' }),
  ],
});

const matcher = awsValue('aws_alb_matcher', {
  http_code: string('HttpCode'),
  grpc_code: string('GrpcCode'),
});

const targetDescription = awsValue('aws_alb_target_description', {
  id: string('Id'),
  port: int64('Port'),
  availability_zone: string('AvailabilityZone'),
});

const targetHealth = awsValue('aws_alb_target_health', {
  state: string('State'),
  reason: string('Reason'),
  description: string('Description'),
});

const targetHealthDescription = awsValue('aws_alb_target_health_description', {
  target: object(targetDescription, 'Target'),
  health_check_port: string('HealthCheckPort'),
  target_health: object(targetHealth, 'TargetHealth'),
});

/** Read from an item of the list and the answers to `targetGroupFollowUps`. */
export const targetGroup = awsKind('aws_alb_target_group', [awsResource], {
  name: 'AWS ALB Target Group',
  class: 'elbv2.AwsAlbTargetGroup',
  cleanup: {
    delete: elbv2.change('DeleteTargetGroup', { expected: ['TargetGroupNotFound'] }),
    input: { TargetGroupArn: 'arn' },
    exists: {
      call: describeTargetGroups,
      by: {},
      items: 'TargetGroups',
      id: 'TargetGroupArn',
      property: 'arn',
      batch: 100,
    },
  },
  list: { call: describeTargetGroups, items: 'TargetGroups' },
  calls: [...targetGroupFollowUps.map(({ call }) => call), getMetricData],
  arn: 'arn:{partition}:elasticloadbalancing:{region}:{account}:targetgroup/{name}/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/ec2/home?region={region}#TargetGroup:targetGroupArn={arn}',
  tags: tagCalls(elbv2, { update: 'AddTags', remove: 'RemoveTags', resource: { ResourceArns: ['arn'] } }),
  properties: {
    id: string('TargetGroupName'),
    name: string('TargetGroupName'),
    arn: string('TargetGroupArn'),
    tags: tagList('tagging.TagDescriptions[0].Tags'),
    target_type: string('TargetType'),
    protocol: string('Protocol'),
    port: int64('Port'),
    alb_health_check_protocol: string('HealthCheckProtocol'),
    alb_health_check_port: string('HealthCheckPort'),
    alb_health_check_enabled: boolean('HealthCheckEnabled'),
    alb_health_check_interval_seconds: int64('HealthCheckIntervalSeconds'),
    alb_health_check_timeout_seconds: int64('HealthCheckTimeoutSeconds'),
    alb_healthy_threshold_count: int64('HealthyThresholdCount'),
    alb_unhealthy_threshold_count: int64('UnhealthyThresholdCount'),
    alb_health_check_path: string('HealthCheckPath'),
    alb_matcher: object(matcher, 'Matcher'),
    alb_protocol_version: string('ProtocolVersion'),
    alb_ip_address_type: string('IpAddressType'),
    alb_target_health: list(targetHealthDescription, 'health.TargetHealthDescriptions'),
    alb_lb_arns: list('string', 'LoadBalancerArns'),
  },
  references: [
    ref('aws_vpc', { by: 'id', from: 'VpcId', default: 'in', delete: 'in' }),
    ref(loadBalancer, { by: 'arn', from: 'LoadBalancerArns', default: 'in', delete: 'out' }),
    ref('aws_ec2_instance', { by: 'id', from: instanceIds, default: 'out', delete: 'in' }),
  ],
});

const targetIds = path('health.TargetHealthDescriptions[].Target.Id');

/** Targets may also be addresses, functions and load balancers. Behind no load balancer they are not in use. */
function instanceIds(group: unknown): unknown {
  const isUsed = member(group, 'TargetType') === 'instance' && firstLoadBalancer(group) !== undefined;
  return isUsed ? targetIds(group) : undefined;
}
