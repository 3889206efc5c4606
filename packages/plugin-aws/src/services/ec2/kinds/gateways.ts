import { base, boolean, datetime, list, object, ref, string } from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue, nameTag, tagList } from '../../../aws-kind.ts';
import { cleanup } from '../cleanup.ts';
import { ec2 } from '../client.ts';
import { tags } from '../tags.ts';

const internetGatewayAttachment = awsValue('aws_ec2_internet_gateway_attachment', {
  state: string('State'),
  vpc_id: string('VpcId'),
});

export const internetGateway = awsKind('aws_ec2_internet_gateway', [awsResource, base.gateway], {
  name: 'AWS EC2 Internet Gateway',
  class: 'ec2.AwsEc2InternetGateway',
  list: { call: ec2('DescribeInternetGateways'), items: 'InternetGateways' },
  arn: 'arn:{partition}:ec2:{region}:{account}:internet-gateway/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/vpc/home?region={region}#InternetGateway:internetGatewayId={id}',
  tags: tags,
  cleanup: cleanup.internetGateway,
  properties: {
    id: string('InternetGatewayId'),
    name: nameTag(),
    tags: tagList(),
    gateway_attachments: list(internetGatewayAttachment, 'Attachments'),
  },
  references: [ref('aws_vpc', { by: 'id', from: 'Attachments[].VpcId', default: 'in', delete: 'in' })],
});

const natGatewayAddress = awsValue('aws_ec2_nat_gateway_address', {
  allocation_id: string('AllocationId'),
  network_interface_id: string('NetworkInterfaceId'),
  private_ip: string('PrivateIp'),
  public_ip: string('PublicIp'),
});

const provisionedBandwidth = awsValue('aws_ec2_provisioned_bandwidth', {
  provision_time: datetime('ProvisionTime'),
  provisioned: string('Provisioned'),
  request_time: datetime('RequestTime'),
  requested: string('Requested'),
  status: string('Status'),
});

export const natGateway = awsKind('aws_ec2_nat_gateway', [awsResource, base.gateway], {
  name: 'AWS EC2 NAT Gateway',
  class: 'ec2.AwsEc2NatGateway',
  list: { call: ec2('DescribeNatGateways'), items: 'NatGateways' },
  arn: 'arn:{partition}:ec2:{region}:{account}:nat-gateway/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/vpcconsole/home?region={region}#NatGatewayDetails:natGatewayId={id}',
  tags: tags,
  cleanup: cleanup.natGateway,
  properties: {
    id: string('NatGatewayId'),
    name: nameTag(),
    tags: tagList(),
    ctime: datetime('CreateTime'),
    nat_delete_time: datetime('DeleteTime'),
    nat_failure_code: string('FailureCode'),
    nat_failure_message: string('FailureMessage'),
    nat_gateway_addresses: list(natGatewayAddress, 'NatGatewayAddresses'),
    nat_provisioned_bandwidth: object(provisionedBandwidth, 'ProvisionedBandwidth'),
    nat_state: string('State'),
    nat_connectivity_type: string('ConnectivityType'),
  },
  references: [
    ref('aws_vpc', { by: 'id', from: 'VpcId', default: 'in', delete: 'in' }),
    ref('aws_ec2_subnet', { by: 'id', from: 'SubnetId', default: 'in', delete: 'in' }),
    ref('aws_ec2_network_interface', {
      by: 'id',
      from: 'NatGatewayAddresses[].NetworkInterfaceId',
      default: 'out',
      delete: 'in',
    }),
  ],
});

const routeTableAssociationState = awsValue('aws_ec2_route_table_association_state', {
  state: string('State'),
  status_message: string('StatusMessage'),
});

const routeTableAssociation = awsValue('aws_ec2_route_table_association', {
  main: boolean('Main'),
  route_table_association_id: string('RouteTableAssociationId'),
  route_table_id: string('RouteTableId'),
  subnet_id: string('SubnetId'),
  gateway_id: string('GatewayId'),
  association_state: object(routeTableAssociationState, 'AssociationState'),
});

const route = awsValue('aws_ec2_route', {
  destination_cidr_block: string('DestinationCidrBlock'),
  destination_ipv6_cidr_block: string('DestinationIpv6CidrBlock'),
  destination_prefix_list_id: string('DestinationPrefixListId'),
  egress_only_internet_gateway_id: string('EgressOnlyInternetGatewayId'),
  gateway_id: string('GatewayId'),
  instance_id: string('InstanceId'),
  instance_owner_id: string('InstanceOwnerId'),
  nat_gateway_id: string('NatGatewayId'),
  transit_gateway_id: string('TransitGatewayId'),
  local_gateway_id: string('LocalGatewayId'),
  carrier_gateway_id: string('CarrierGatewayId'),
  network_interface_id: string('NetworkInterfaceId'),
  origin: string('Origin'),
  state: string('State'),
  vpc_peering_connection_id: string('VpcPeeringConnectionId'),
  core_network_arn: string('CoreNetworkArn'),
});

export const routeTable = awsKind('aws_ec2_route_table', [awsResource, base.routingTable], {
  name: 'AWS EC2 Route Table',
  class: 'ec2.AwsEc2RouteTable',
  list: { call: ec2('DescribeRouteTables'), items: 'RouteTables' },
  arn: 'arn:{partition}:ec2:{region}:{account}:route-table/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/vpcconsole/home?region={region}#RouteTableDetails:RouteTableId={id}',
  tags: tags,
  cleanup: cleanup.routeTable,
  properties: {
    id: string('RouteTableId'),
    name: nameTag(),
    tags: tagList(),
    route_table_associations: list(routeTableAssociation, 'Associations'),
    route_table_propagating_vgws: list('string', 'PropagatingVgws[].GatewayId'),
    route_table_routes: list(route, 'Routes'),
    owner_id: string('OwnerId'),
  },
  references: [ref('aws_vpc', { by: 'id', from: 'VpcId', default: 'in', delete: 'in' })],
});
