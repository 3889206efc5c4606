/** How the kinds of EC2 are deleted. */
import { member, path } from '@resoto/worker-core/plugin';
import type { CleanupResource } from '@resoto/worker-core/plugin';

import { prepareEach } from '../../changes/cleanup-calls.ts';
import type { CleanupDeclaration, Failures, Look } from '../../changes/cleanup-calls.ts';
import { listOf, textOf } from '../../values.ts';
import { ec2 } from './client.ts';
import { detachFromInstance, detachFromVpcs, disassociateAddress, disassociateTable, revokeForeign } from './steps.ts';

/** How calls for several resources say which of them they did not delete. */
const unsuccessful: Failures = {
  items: 'Unsuccessful',
  id: 'ResourceId',
  property: 'id',
  code: 'Error.Code',
  message: 'Error.Message',
};

const look = {
  addresses: byFilter('DescribeAddresses', 'allocation-id', 'Addresses', 'AllocationId', {
    property: 'ip_allocation_id',
  }),
  flowLogs: byFilter('DescribeFlowLogs', 'flow-log-id', 'FlowLogs', 'FlowLogId', { member: 'Filter' }),
  gateways: byFilter('DescribeInternetGateways', 'internet-gateway-id', 'InternetGateways', 'InternetGatewayId'),
  groups: byFilter('DescribeSecurityGroups', 'group-id', 'SecurityGroups', 'GroupId'),
  instances: byFilter('DescribeInstances', 'instance-id', 'Reservations[].Instances', 'InstanceId', {
    isGone: is('State.Name', 'terminated'),
  }),
  interfaces: byFilter('DescribeNetworkInterfaces', 'network-interface-id', 'NetworkInterfaces', 'NetworkInterfaceId'),
  keypairs: byFilter('DescribeKeyPairs', 'key-pair-id', 'KeyPairs', 'KeyPairId'),
  tables: byFilter('DescribeRouteTables', 'route-table-id', 'RouteTables', 'RouteTableId'),
};

export const cleanup = {
  elasticIp: {
    delete: ec2.change('ReleaseAddress', {
      expected: ['InvalidAllocationID.NotFound', 'InvalidAddressID.NotFound', 'InvalidAddress.NotFound'],
    }),
    input: { AllocationId: 'ip_allocation_id' },
    exists: look.addresses,
    prepare: prepareEach(look.addresses, [disassociateAddress.call], disassociateAddress.work),
  },
  flowLog: {
    delete: ec2.change('DeleteFlowLogs', { expected: ['InvalidFlowLogId.NotFound'] }),
    input: { FlowLogIds: ['id'] },
    batch: 25,
    failures: unsuccessful,
    exists: look.flowLogs,
  },
  host: {
    delete: ec2.change('ReleaseHosts', { expected: ['InvalidHostID.NotFound', 'Client.InvalidHostID.NotFound'] }),
    input: { HostIds: ['id'] },
    batch: 25,
    failures: unsuccessful,
    later: true,
    exists: {
      call: ec2('DescribeHosts', { expected: ['InvalidHostID.NotFound'] }),
      by: { HostIds: ['id'] },
      items: 'Hosts',
      id: 'HostId',
      isGone: is('State', 'released', 'released-permanent-failure'),
    },
  },
  instance: {
    delete: ec2.change('TerminateInstances', { expected: ['InvalidInstanceID.NotFound'] }),
    input: { InstanceIds: ['id'] },
    batch: 50,
    later: true,
    exists: look.instances,
    takes: [
      { kind: 'aws_ec2_volume', when: 'volume_attachments[].delete_on_termination' },
      { kind: 'aws_ec2_network_interface', when: 'nic_attachment.delete_on_termination' },
    ],
  },
  internetGateway: {
    delete: ec2.change('DeleteInternetGateway', { expected: ['InvalidInternetGatewayID.NotFound'] }),
    input: { InternetGatewayId: 'id' },
    exists: look.gateways,
    prepare: prepareEach(look.gateways, [detachFromVpcs.call], detachFromVpcs.work),
  },
  keypair: {
    delete: ec2.change('DeleteKeyPair', { expected: ['InvalidKeyPair.NotFound'] }),
    // Not every server takes ids here. So the id is looked up first: another key may have got the name.
    input: { KeyName: 'name' },
    exists: look.keypairs,
    prepare: prepareEach(look.keypairs, [], async () => undefined),
  },
  natGateway: {
    delete: ec2.change('DeleteNatGateway', { expected: ['NatGatewayNotFound'] }),
    input: { NatGatewayId: 'id' },
    later: true,
    exists: byFilter('DescribeNatGateways', 'nat-gateway-id', 'NatGateways', 'NatGatewayId', {
      member: 'Filter',
      isGone: is('State', 'deleted'),
    }),
  },
  networkAcl: {
    delete: ec2.change('DeleteNetworkAcl', { expected: ['InvalidNetworkAclID.NotFound'] }),
    input: { NetworkAclId: 'id' },
    exists: byList('DescribeNetworkAcls', 'NetworkAcls', 'NetworkAclId'),
    ...withItsVpc('default network ACL', ({ reported }) => reported['is_default'] === true),
  },
  networkInterface: {
    delete: ec2.change('DeleteNetworkInterface', { expected: ['InvalidNetworkInterfaceID.NotFound'] }),
    input: { NetworkInterfaceId: 'id' },
    exists: look.interfaces,
    prepare: prepareEach(look.interfaces, [detachFromInstance.call], detachFromInstance.work),
    // Only the service that made it can delete it, and does so when what needs it is gone.
    without: ({ reported }) => (reported['nic_requester_managed'] === true ? 'requested' : undefined),
  },
  routeTable: {
    delete: ec2.change('DeleteRouteTable', { expected: ['InvalidRouteTableID.NotFound'] }),
    input: { RouteTableId: 'id' },
    exists: look.tables,
    prepare: prepareEach(look.tables, [disassociateTable.call], disassociateTable.work),
    ...withItsVpc('main route table', ({ reported }) =>
      listOf(reported['route_table_associations']).some((association) => member(association, 'main') === true),
    ),
  },
  securityGroup: {
    delete: ec2.change('DeleteSecurityGroup', { expected: ['InvalidGroup.NotFound'] }),
    input: { GroupId: 'id' },
    exists: look.groups,
    prepare: prepareEach(look.groups, revokeForeign.calls, revokeForeign.work, ['aws_ec2_security_group']),
    ...withItsVpc('default security group', ({ reported }) => reported['name'] === 'default'),
  },
  snapshot: {
    delete: ec2.change('DeleteSnapshot', { expected: ['InvalidSnapshot.NotFound'] }),
    input: { SnapshotId: 'id' },
    exists: byFilter('DescribeSnapshots', 'snapshot-id', 'Snapshots', 'SnapshotId', {
      options: { OwnerIds: ['self'] },
    }),
  },
  subnet: {
    delete: ec2.change('DeleteSubnet', { expected: ['InvalidSubnetID.NotFound'] }),
    input: { SubnetId: 'id' },
    exists: byFilter('DescribeSubnets', 'subnet-id', 'Subnets', 'SubnetId'),
  },
  volume: {
    delete: ec2.change('DeleteVolume', { expected: ['InvalidVolume.NotFound'] }),
    input: { VolumeId: 'id' },
    later: true,
    exists: byFilter('DescribeVolumes', 'volume-id', 'Volumes', 'VolumeId', { isGone: is('State', 'deleted') }),
  },
  vpc: {
    delete: ec2.change('DeleteVpc', { expected: ['InvalidVpcID.NotFound'] }),
    input: { VpcId: 'id' },
    exists: byFilter('DescribeVpcs', 'vpc-id', 'Vpcs', 'VpcId'),
    refuse: ({ reported }) => (reported['vpc_is_default'] === true ? 'it is the default VPC of its region' : undefined),
  },
  vpcEndpoint: {
    delete: ec2.change('DeleteVpcEndpoints', {
      expected: ['InvalidVpcEndpoint.NotFound', 'InvalidVpcEndpointId.NotFound'],
    }),
    input: { VpcEndpointIds: ['id'] },
    batch: 25,
    failures: unsuccessful,
    later: true,
    exists: byList('DescribeVpcEndpoints', 'VpcEndpoints', 'VpcEndpointId', is('State', 'deleted')),
  },
  vpcPeeringConnection: {
    delete: ec2.change('DeleteVpcPeeringConnection', { expected: ['InvalidVpcPeeringConnectionID.NotFound'] }),
    input: { VpcPeeringConnectionId: 'id' },
    later: true,
    exists: byList(
      'DescribeVpcPeeringConnections',
      'VpcPeeringConnections',
      'VpcPeeringConnectionId',
      is('Status.Code', 'deleted', 'rejected', 'expired', 'failed'),
    ),
  },
} satisfies Readonly<Record<string, CleanupDeclaration>>;

function byFilter(
  call: string,
  filter: string,
  items: string,
  id: string,
  more: Partial<Pick<Look, 'property' | 'isGone' | 'options'>> & { readonly member?: string } = {},
): Look {
  return { call: ec2(call), filter, items, id, ...more };
}

/** For lists that are short, and whose filters not every server knows. */
function byList(call: string, items: string, id: string, isGone?: (item: unknown) => boolean): Look {
  return { call: ec2(call), whole: true, items, id, ...(isGone !== undefined && { isGone }) };
}

/** Has an item one of the states? */
function is(state: string, ...states: readonly string[]): (item: unknown) => boolean {
  const read = path(state);
  return (item) => states.includes(textOf(read(item)).toLowerCase());
}

/** What comes and goes with a VPC cannot be deleted by itself. */
function withItsVpc(
  what: string,
  isOne: (resource: CleanupResource) => boolean,
): Required<Pick<CleanupDeclaration, 'needs' | 'refuse' | 'without'>> {
  return {
    needs: ['aws_vpc'],
    refuse: (resource) =>
      isOne(resource) && !losesItsVpc(resource) ? `it is the ${what} of a VPC, and goes only with that` : undefined,
    without: (resource) => (isOne(resource) ? 'deleted' : undefined),
  };
}

function losesItsVpc({ neighbours }: CleanupResource): boolean {
  return neighbours.some(({ kind, stays }) => kind === 'aws_vpc' && !stays);
}
