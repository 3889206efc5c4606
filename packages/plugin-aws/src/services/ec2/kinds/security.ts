import { base, boolean, datetime, int64, list, member, object, path, ref, string } from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue, nameTag, tagList } from '../../../aws-kind.ts';
import { listOf } from '../../../values.ts';
import { cleanup } from '../cleanup.ts';
import { ec2 } from '../client.ts';
import { tags } from '../tags.ts';

const rulesIn = path('IpPermissions[].UserIdGroupPairs[].GroupId');
const egressRulesIn = path('IpPermissionsEgress[].UserIdGroupPairs[].GroupId');

const ipRange = awsValue('aws_ec2_ip_range', {
  cidr_ip: string('CidrIp'),
  description: string('Description'),
});

const ipv6Range = awsValue('aws_ec2_ipv6_range', {
  cidr_ipv6: string('CidrIpv6'),
  description: string('Description'),
});

const prefixListId = awsValue('aws_ec2_prefix_list_id', {
  description: string('Description'),
  prefix_list_id: string('PrefixListId'),
});

const userIdGroupPair = awsValue('aws_ec2_user_id_group_pair', {
  description: string('Description'),
  group_id: string('GroupId'),
  group_name: string('GroupName'),
  peering_status: string('PeeringStatus'),
  user_id: string('UserId'),
  vpc_id: string('VpcId'),
  vpc_peering_connection_id: string('VpcPeeringConnectionId'),
});

const ipPermission = awsValue('aws_ec2_ip_permission', {
  from_port: int64('FromPort'),
  ip_protocol: string('IpProtocol'),
  ip_ranges: list(ipRange, 'IpRanges'),
  ipv6_ranges: list(ipv6Range, 'Ipv6Ranges'),
  prefix_list_ids: list(prefixListId, 'PrefixListIds'),
  to_port: int64('ToPort'),
  user_id_group_pairs: list(userIdGroupPair, 'UserIdGroupPairs'),
});

export const securityGroup = awsKind('aws_ec2_security_group', [awsResource, base.securityGroup], {
  name: 'AWS EC2 Security Group',
  class: 'ec2.AwsEc2SecurityGroup',
  list: { call: ec2('DescribeSecurityGroups'), items: 'SecurityGroups', pageSize: 1000 },
  arn: 'arn:{partition}:ec2:{region}:{account}:security-group/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/ec2/v2/home?region={region}#SecurityGroup:groupId={id}',
  tags: tags,
  cleanup: cleanup.securityGroup,
  properties: {
    id: string('GroupId'),
    name: string('GroupName'),
    tags: tagList(),
    description: string('Description'),
    group_ip_permissions: list(ipPermission, 'IpPermissions'),
    group_ip_permissions_egress: list(ipPermission, 'IpPermissionsEgress'),
  },
  references: [
    ref('aws_vpc', { by: 'id', from: 'VpcId', default: 'in', delete: 'in' }),
    ref('aws_ec2_security_group', { by: 'id', from: namedInRules, delete: 'in' }),
  ],
});

/** Other groups that the rules of a group name: they cannot be deleted before these rules. */
function namedInRules(group: unknown): unknown {
  const own = member(group, 'GroupId');
  const named = [...listOf(rulesIn(group)), ...listOf(egressRulesIn(group))];
  return [...new Set(named)].filter((id) => id !== own);
}

const networkAclAssociation = awsValue('aws_ec2_network_acl_association', {
  network_acl_association_id: string('NetworkAclAssociationId'),
  network_acl_id: string('NetworkAclId'),
  subnet_id: string('SubnetId'),
});

const icmpTypeCode = awsValue('aws_ec2_icmp_type_code', {
  code: int64('Code'),
  type: int64('Type'),
});

const portRange = awsValue('aws_ec2_port_range', {
  from_range: int64('From'),
  to_range: int64('To'),
});

const networkAclEntry = awsValue('aws_ec2_network_acl_entry', {
  cidr_block: string('CidrBlock'),
  egress: boolean('Egress'),
  icmp_type_code: object(icmpTypeCode, 'IcmpTypeCode'),
  ipv6_cidr_block: string('Ipv6CidrBlock'),
  port_range: object(portRange, 'PortRange'),
  protocol: string('Protocol'),
  rule_action: string('RuleAction'),
  rule_number: int64('RuleNumber'),
});

export const networkAcl = awsKind('aws_ec2_network_acl', [awsResource], {
  name: 'AWS EC2 Network ACL',
  class: 'ec2.AwsEc2NetworkAcl',
  list: { call: ec2('DescribeNetworkAcls'), items: 'NetworkAcls' },
  arn: 'arn:{partition}:ec2:{region}:{account}:network-acl/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/vpc/home?region={region}#NetworkAclDetails:networkAclId={NetworkAclId}',
  tags: tags,
  cleanup: cleanup.networkAcl,
  properties: {
    id: string('NetworkAclId'),
    name: nameTag(),
    tags: tagList(),
    acl_associations: list(networkAclAssociation, 'Associations'),
    acl_entries: list(networkAclEntry, 'Entries'),
    is_default: boolean('IsDefault'),
  },
  references: [
    ref('aws_vpc', { by: 'id', from: 'VpcId', default: 'in', delete: 'in' }),
    ref('aws_ec2_subnet', { by: 'id', from: 'Associations[].SubnetId', default: 'in', delete: 'out' }),
  ],
});

const destinationOption = awsValue('aws_ec2_destination_option', {
  file_format: string('FileFormat'),
  hive_compatible_partitions: boolean('HiveCompatiblePartitions'),
  per_hour_partition: boolean('PerHourPartition'),
});

export const flowLog = awsKind('aws_ec2_flow_log', [awsResource], {
  name: 'AWS EC2 Flow Log',
  class: 'ec2.AwsEc2FlowLog',
  list: { call: ec2('DescribeFlowLogs'), items: 'FlowLogs' },
  arn: 'arn:{partition}:ec2:{region}:{account}:flow-log/{id}',
  tags: tags,
  cleanup: cleanup.flowLog,
  properties: {
    id: string('FlowLogId'),
    name: nameTag(),
    tags: tagList(),
    ctime: datetime('CreationTime'),
    deliver_logs_error_message: string('DeliverLogsErrorMessage'),
    deliver_logs_permission_arn: string('DeliverLogsPermissionArn'),
    deliver_cross_account_role: string('DeliverCrossAccountRole'),
    deliver_logs_status: string('DeliverLogsStatus'),
    flow_log_status: string('FlowLogStatus'),
    resource_id: string('ResourceId'),
    traffic_type: string('TrafficType'),
    log_destination_type: string('LogDestinationType'),
    log_destination: string('LogDestination'),
    log_format: string('LogFormat'),
    log_group_name: string('LogGroupName'),
    max_aggregation_interval: int64('MaxAggregationInterval'),
    destination_options: object(destinationOption, 'DestinationOptions'),
  },
  references: [
    ref('aws_vpc', { by: 'id', from: path('ResourceId', vpcId), default: 'in', delete: 'in' }),
    ref('aws_s3_bucket', { by: 'arn', from: s3Destination, default: 'out' }),
  ],
});

/** Flow logs also exist for subnets and network interfaces, whose VPC the answer does not name. */
function vpcId(resourceId: unknown): unknown {
  return String(resourceId).startsWith('vpc-') ? resourceId : undefined;
}

function s3Destination(flowLog: unknown): unknown {
  return member(flowLog, 'LogDestinationType') === 's3' ? member(flowLog, 'LogDestination') : undefined;
}
