import {
  base,
  boolean,
  constant,
  datetime,
  firstOf,
  int64,
  list,
  member,
  object,
  path,
  ref,
  string,
  tagValue,
} from '@resoto/worker-core/plugin';

import { awsKind, awsResource, awsValue, nameTag, tagList } from '../../../aws-kind.ts';
import { cleanup } from '../cleanup.ts';
import { ec2 } from '../client.ts';
import { groupIdentifier } from './instances.ts';
import { addressTags, tags } from '../tags.ts';

const networkInterfaceAssociation = awsValue('aws_ec2_network_interface_association', {
  allocation_id: string('AllocationId'),
  association_id: string('AssociationId'),
  public_dns_name: string('PublicDnsName'),
  public_ip: string('PublicIp'),
  customer_owned_ip: string('CustomerOwnedIp'),
  carrier_ip: string('CarrierIp'),
});

const networkInterfaceAttachment = awsValue('aws_ec2_network_interface_attachment', {
  attach_time: datetime('AttachTime'),
  attachment_id: string('AttachmentId'),
  delete_on_termination: boolean('DeleteOnTermination'),
  device_index: int64('DeviceIndex'),
  network_card_index: int64('NetworkCardIndex'),
  instance_id: string('InstanceId'),
  status: string('Status'),
});

const networkInterfacePrivateIpAddress = awsValue('aws_ec2_network_interface_private_ip_address', {
  association: object(networkInterfaceAssociation, 'Association'),
  primary: boolean('Primary'),
  private_dns_name: string('PrivateDnsName'),
  private_ip_address: string('PrivateIpAddress'),
});

const tag = awsValue('aws_ec2_tag', {
  key: string('Key'),
  value: string('Value'),
});

export const networkInterface = awsKind('aws_ec2_network_interface', [awsResource, base.networkInterface], {
  name: 'AWS EC2 Network Interface',
  class: 'ec2.AwsEc2NetworkInterface',
  list: { call: ec2('DescribeNetworkInterfaces'), items: 'NetworkInterfaces', pageSize: 1000 },
  arn: 'arn:{partition}:ec2:{region}:{account}:network-interface/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/ec2/v2/home?region={region}#NetworkInterface:networkInterfaceId={id}',
  tags: tags,
  cleanup: cleanup.networkInterface,
  properties: {
    id: string('NetworkInterfaceId'),
    name: nameTag(),
    tags: tagList(),
    network_interface_type: string('InterfaceType'),
    network_interface_status: string('Status'),
    private_ips: list('string', 'PrivateIpAddresses[].PrivateIpAddress'),
    public_ips: list('string', 'PrivateIpAddresses[].Association.PublicIp'),
    mac: string('MacAddress'),
    v6_ips: list('string', 'Ipv6Addresses[].Ipv6Address'),
    description: string('Description'),
    nic_association: object(networkInterfaceAssociation, 'Association'),
    nic_attachment: object(networkInterfaceAttachment, 'Attachment'),
    nic_availability_zone: string('AvailabilityZone'),
    nic_groups: list(groupIdentifier, 'Groups'),
    nic_outpost_arn: string('OutpostArn'),
    nic_private_dns_name: string('PrivateDnsName'),
    nic_private_ip_address: string('PrivateIpAddress'),
    nic_private_ip_addresses: list(networkInterfacePrivateIpAddress, 'PrivateIpAddresses'),
    nic_ipv4_prefixes: list('string', 'Ipv4Prefixes[].Ipv4Prefix'),
    nic_ipv6_prefixes: list('string', 'Ipv6Prefixes[].Ipv6Prefix'),
    nic_requester_id: string('RequesterId'),
    nic_requester_managed: boolean('RequesterManaged'),
    nic_source_dest_check: boolean('SourceDestCheck'),
    nic_subnet_id: string('SubnetId'),
    nic_tag_set: list(tag, 'TagSet'),
    nic_deny_all_igw_traffic: boolean('DenyAllIgwTraffic'),
    nic_ipv6_native: boolean('Ipv6Native'),
    nic_ipv6_address: string('Ipv6Address'),
  },
  references: [
    ref('aws_vpc', { by: 'id', from: 'VpcId', default: 'in', delete: 'in' }),
    ref('aws_ec2_subnet', { by: 'id', from: 'SubnetId', default: 'in', delete: 'in' }),
    ref('aws_ec2_instance', { by: 'id', from: 'Attachment.InstanceId', default: 'in', delete: 'out' }),
    ref('aws_ec2_security_group', { by: 'id', from: 'Groups[].GroupId', default: 'in', delete: 'in' }),
    ref('aws_ec2_internet_gateway', { by: 'gateway_attachments[].vpc_id', from: vpcOfPublic, delete: 'in' }),
  ],
});

/** The VPC of an interface with a public address: its gateway cannot be detached before the address is gone. */
function vpcOfPublic(networkInterface: unknown): unknown {
  return member(member(networkInterface, 'Association'), 'PublicIp') === undefined
    ? undefined
    : member(networkInterface, 'VpcId');
}

export const elasticIp = awsKind('aws_ec2_elastic_ip', [awsResource, base.ipAddress], {
  name: 'AWS EC2 Elastic IP',
  class: 'ec2.AwsEc2ElasticIp',
  list: { call: ec2('DescribeAddresses'), items: 'Addresses' },
  arn: 'arn:{partition}:ec2:{region}:{account}:elastic-ip/{name}',
  link: 'https://{region_id}.console.aws.amazon.com/ec2/home?region={region}#ElasticIpDetails:AllocationId={AllocationId}',
  tags: addressTags,
  cleanup: cleanup.elasticIp,
  properties: {
    id: string('PublicIp'),
    name: string(firstOf('InstanceId', path('Tags', tagValue('Name')), 'NetworkInterfaceId')),
    tags: tagList(),
    ip_address: string('PublicIp'),
    ip_address_family: string(constant('ipv4')),
    public_ip: string('PublicIp'),
    private_ip_address: string('PrivateIpAddress'),
    ip_allocation_id: string('AllocationId'),
    ip_association_id: string('AssociationId'),
    ip_domain: string('Domain'),
    ip_network_interface_id: string('NetworkInterfaceId'),
    ip_public_ipv4_pool: string('PublicIpv4Pool'),
    ip_network_border_group: string('NetworkBorderGroup'),
    ip_customer_owned_ip: string('CustomerOwnedIp'),
    ip_customer_owned_ipv4_pool: string('CustomerOwnedIpv4Pool'),
    ip_carrier_ip: string('CarrierIp'),
  },
  references: [
    ref('aws_ec2_instance', { by: 'id', from: 'InstanceId', default: 'in', delete: 'out' }),
    ref('aws_ec2_network_interface', { by: 'id', from: 'NetworkInterfaceId', default: 'in', delete: 'out' }),
  ],
});
