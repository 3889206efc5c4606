import { base, boolean, datetime, int64, list, object, ref, string } from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue, nameTag, tagList } from '../../../aws-kind.ts';
import { cleanup } from '../cleanup.ts';
import { ec2 } from '../client.ts';
import { tags } from '../tags.ts';

const vpcCidrBlockState = awsValue('aws_vpc_cidr_block_state', {
  state: string('State'),
  status_message: string('StatusMessage'),
});

const vpcIpv6CidrBlockAssociation = awsValue('aws_vpc_ipv6_cidr_block_association', {
  association_id: string('AssociationId'),
  ipv6_cidr_block: string('Ipv6CidrBlock'),
  ipv6_cidr_block_state: object(vpcCidrBlockState, 'Ipv6CidrBlockState'),
  network_border_group: string('NetworkBorderGroup'),
  ipv6_pool: string('Ipv6Pool'),
});

const vpcCidrBlockAssociation = awsValue('aws_vpc_cidr_block_association', {
  association_id: string('AssociationId'),
  cidr_block: string('CidrBlock'),
  cidr_block_state: object(vpcCidrBlockState, 'CidrBlockState'),
});

export const vpc = awsKind('aws_vpc', [awsResource, base.network], {
  name: 'AWS VPC',
  class: 'ec2.AwsEc2Vpc',
  list: { call: ec2('DescribeVpcs'), items: 'Vpcs' },
  arn: 'arn:{partition}:ec2:{region}:{account}:vpc/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/vpcconsole/home?region={region}#VpcDetails:VpcId={id}',
  tags: tags,
  cleanup: cleanup.vpc,
  properties: {
    id: string('VpcId'),
    name: nameTag(),
    tags: tagList(),
    vpc_cidr_block: string('CidrBlock'),
    vpc_dhcp_options_id: string('DhcpOptionsId'),
    vpc_state: string('State'),
    vpc_instance_tenancy: string('InstanceTenancy'),
    vpc_ipv6_cidr_block_association_set: list(vpcIpv6CidrBlockAssociation, 'Ipv6CidrBlockAssociationSet'),
    vpc_cidr_block_association_set: list(vpcCidrBlockAssociation, 'CidrBlockAssociationSet'),
    vpc_is_default: boolean('IsDefault'),
  },
});

const subnetCidrBlockState = awsValue('aws_ec2_subnet_cidr_block_state', {
  state: string('State'),
  status_message: string('StatusMessage'),
});

const subnetIpv6CidrBlockAssociation = awsValue('aws_ec2_subnet_ipv6_cidr_block_association', {
  association_id: string('AssociationId'),
  ipv6_cidr_block: string('Ipv6CidrBlock'),
  ipv6_cidr_block_state: object(subnetCidrBlockState, 'Ipv6CidrBlockState'),
});

const privateDnsNameOptionsOnLaunch = awsValue('aws_ec2_private_dns_name_options_on_launch', {
  hostname_type: string('HostnameType'),
  enable_resource_name_dns_a_record: boolean('EnableResourceNameDnsARecord'),
  enable_resource_name_dns_aaaa_record: boolean('EnableResourceNameDnsAAAARecord'),
});

export const subnet = awsKind('aws_ec2_subnet', [awsResource, base.subnet], {
  name: 'AWS EC2 Subnet',
  class: 'ec2.AwsEc2Subnet',
  list: { call: ec2('DescribeSubnets'), items: 'Subnets' },
  arn: 'arn:{partition}:ec2:{region}:{account}:subnet/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/vpcconsole/home?region={region}#SubnetDetails:subnetId={id}',
  tags: tags,
  cleanup: cleanup.subnet,
  properties: {
    id: string('SubnetId'),
    name: nameTag(),
    arn: string('SubnetArn'),
    tags: tagList(),
    subnet_availability_zone: string('AvailabilityZone'),
    subnet_availability_zone_id: string('AvailabilityZoneId'),
    subnet_available_ip_address_count: int64('AvailableIpAddressCount'),
    subnet_cidr_block: string('CidrBlock'),
    subnet_default_for_az: boolean('DefaultForAz'),
    subnet_enable_lni_at_device_index: int64('EnableLniAtDeviceIndex'),
    subnet_map_public_ip_on_launch: boolean('MapPublicIpOnLaunch'),
    subnet_map_customer_owned_ip_on_launch: boolean('MapCustomerOwnedIpOnLaunch'),
    subnet_customer_owned_ipv4_pool: string('CustomerOwnedIpv4Pool'),
    subnet_state: string('State'),
    subnet_assign_ipv6_address_on_creation: boolean('AssignIpv6AddressOnCreation'),
    subnet_ipv6_cidr_block_association_set: list(subnetIpv6CidrBlockAssociation, 'Ipv6CidrBlockAssociationSet'),
    subnet_outpost_arn: string('OutpostArn'),
    subnet_enable_dns64: boolean('EnableDns64'),
    subnet_ipv6_native: boolean('Ipv6Native'),
    subnet_private_dns_name_options_on_launch: object(privateDnsNameOptionsOnLaunch, 'PrivateDnsNameOptionsOnLaunch'),
  },
  references: [ref('aws_vpc', { by: 'id', from: 'VpcId', default: 'in', delete: 'in' })],
});

const dnsEntry = awsValue('aws_ec2_dns_entry', {
  dns_name: string('DnsName'),
  hosted_zone_id: string('HostedZoneId'),
});

const lastError = awsValue('aws_ec2_last_error', {
  message: string('Message'),
  code: string('Code'),
});

export const vpcEndpoint = awsKind('aws_vpc_endpoint', [awsResource, base.endpoint], {
  name: 'AWS VPC Endpoint',
  class: 'ec2.AwsEc2VpcEndpoint',
  list: { call: ec2('DescribeVpcEndpoints'), items: 'VpcEndpoints' },
  arn: 'arn:{partition}:ec2:{region}:{account}:vpc-endpoint/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/vpcconsole/home?region={region}#Endpoints:vpcEndpointId={id}',
  tags: tags,
  cleanup: cleanup.vpcEndpoint,
  properties: {
    id: string('VpcEndpointId'),
    name: nameTag(),
    tags: tagList(),
    vpc_endpoint_type: string('VpcEndpointType'),
    endpoint_service_name: string('ServiceName'),
    endpoint_state: string('State'),
    endpoint_policy_document: string('PolicyDocument'),
    endpoint_ip_address_type: string('IpAddressType'),
    endpoint_dns_options: string('DnsOptions.DnsRecordIpType'),
    endpoint_private_dns_enabled: boolean('PrivateDnsEnabled'),
    endpoint_requester_managed: boolean('RequesterManaged'),
    endpoint_dns_entries: list(dnsEntry, 'DnsEntries'),
    endpoint_creation_timestamp: datetime('CreationTimestamp'),
    endpoint_owner_id: string('OwnerId'),
    endpoint_last_error: object(lastError, 'LastError'),
  },
  references: [
    ref('aws_vpc', { by: 'id', from: 'VpcId', default: 'in', delete: 'in' }),
    ref('aws_ec2_route_table', { by: 'id', from: 'RouteTableIds', default: 'in', delete: 'in' }),
    ref('aws_ec2_subnet', { by: 'id', from: 'SubnetIds', default: 'in', delete: 'in' }),
    ref('aws_ec2_network_interface', { by: 'id', from: 'NetworkInterfaceIds', default: 'out', delete: 'in' }),
    ref('aws_ec2_security_group', { by: 'id', from: 'Groups[].GroupId', default: 'in', delete: 'in' }),
  ],
});

const vpcPeeringConnectionOptionsDescription = awsValue('aws_vpc_peering_connection_options_description', {
  allow_dns_resolution_from_remote_vpc: boolean('AllowDnsResolutionFromRemoteVpc'),
  allow_egress_from_local_classic_link_to_remote_vpc: boolean('AllowEgressFromLocalClassicLinkToRemoteVpc'),
  allow_egress_from_local_vpc_to_remote_classic_link: boolean('AllowEgressFromLocalVpcToRemoteClassicLink'),
});

const vpcPeeringConnectionVpcInfo = awsValue('aws_vpc_peering_connection_vpc_info', {
  cidr_block: string('CidrBlock'),
  ipv6_cidr_block_set: list('string', 'Ipv6CidrBlockSet[].Ipv6CidrBlock'),
  cidr_block_set: list('string', 'CidrBlockSet[].CidrBlock'),
  owner_id: string('OwnerId'),
  peering_options: object(vpcPeeringConnectionOptionsDescription, 'PeeringOptions'),
  vpc_id: string('VpcId'),
  region: string('Region'),
});

const vpcPeeringConnectionStateReason = awsValue('aws_vpc_peering_connection_state_reason', {
  code: string('Code'),
  message: string('Message'),
});

export const vpcPeeringConnection = awsKind('aws_vpc_peering_connection', [awsResource, base.peeringConnection], {
  name: 'AWS VPC Peering Connection',
  class: 'ec2.AwsEc2VpcPeeringConnection',
  list: { call: ec2('DescribeVpcPeeringConnections'), items: 'VpcPeeringConnections' },
  arn: 'arn:{partition}:ec2:{region}:{account}:vpc-peering-connection/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/vpcconsole/home?region={region}#PeeringConnectionDetails:vpcPeeringConnectionId={id}',
  tags: tags,
  cleanup: cleanup.vpcPeeringConnection,
  properties: {
    id: string('VpcPeeringConnectionId'),
    name: nameTag(),
    tags: tagList(),
    connection_accepter_vpc_info: object(vpcPeeringConnectionVpcInfo, 'AccepterVpcInfo'),
    connection_expiration_time: datetime('ExpirationTime'),
    connection_requester_vpc_info: object(vpcPeeringConnectionVpcInfo, 'RequesterVpcInfo'),
    peering_connection_status: object(vpcPeeringConnectionStateReason, 'Status'),
  },
  references: [
    ref('aws_vpc', { by: 'id', from: 'RequesterVpcInfo.VpcId', default: 'in', delete: 'in' }),
    ref('aws_vpc', { by: 'id', from: 'AccepterVpcInfo.VpcId', default: 'in', delete: 'in' }),
  ],
});
