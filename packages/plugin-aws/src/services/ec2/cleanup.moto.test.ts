import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AttachNetworkInterfaceCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateFlowLogsCommand,
  CreateInternetGatewayCommand,
  CreateKeyPairCommand,
  CreateNatGatewayCommand,
  CreateNetworkAclCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateSubnetCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  CreateVpcPeeringConnectionCommand,
  AttachVolumeCommand,
  DescribeVpcsCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { moto } from '@resoto/tools-shared';
import type { RunningServer } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';

import { deleteAll } from '../../../test/delete-all.ts';
import { collect, useEndpoint } from '../../../test/replay.ts';
import { storedNodes } from '../../../test/stored-nodes.ts';
import type { StoredNodes } from '../../../test/stored-nodes.ts';
import { pluginContext } from '../../../test/test-run.ts';
import { describeCleanup } from '../../changes/describe.ts';
import { openCleanup } from '../../changes/cleanup.ts';
import { textOf } from '../../values.ts';

const emulator = await moto();
const region = 'eu-central-1';
const { signal } = new AbortController();

describeWith('a VPC on moto', [emulator], () => {
  let server: RunningServer;

  beforeAll(async () => {
    server = await emulator.start();
    useEndpoint(server.url);
  });

  afterAll(() => server.stop());

  test('goes with all that is in it, in the right order', async () => {
    const defaults = await ids();
    await makeVpc();
    const before = await stored();
    const web = part(before, (id) => !defaults.has(id));
    const account = openCleanup({ id: '123456789012', name: 'test', data: {} }, pluginContext());

    await deleteAll(account, web, signal);

    const left: string[] = [];
    for (const node of web.nodes) {
      // This server forgets to delete it with its VPC.
      if (node.reported['is_default'] === true) continue;
      const [exists] = await account.exists([node], signal);
      if (exists !== false) left.push(`${node.kind.fqn} ${textOf(node.reported['id'])}`);
    }
    account.close?.();
    expect(left).toEqual([]);
    expect(kindsOf(web)).toEqual(made);
    const others = (await stored()).nodes.filter(({ nodeId }) => defaults.has(nodeId));
    expect(others).toHaveLength(defaults.size);
  });
});

/** All kinds of EC2 that can be deleted, without the hosts this server does not list by id. */
const made = [
  'aws_ec2_elastic_ip',
  'aws_ec2_flow_log',
  'aws_ec2_instance',
  'aws_ec2_internet_gateway',
  'aws_ec2_keypair',
  'aws_ec2_nat_gateway',
  'aws_ec2_network_acl',
  'aws_ec2_network_interface',
  'aws_ec2_route_table',
  'aws_ec2_security_group',
  'aws_ec2_snapshot',
  'aws_ec2_subnet',
  'aws_ec2_volume',
  'aws_vpc',
  'aws_vpc_endpoint',
  'aws_vpc_peering_connection',
];

function kindsOf({ nodes }: StoredNodes): string[] {
  return [...new Set(nodes.map(({ kind }) => kind.fqn))].toSorted();
}

async function stored(): Promise<StoredNodes> {
  const all = storedNodes(await collect({ region: [region], collect: ['aws_ec2_*', 'aws_vpc*'] }));
  return part(all, (_, kind) => kind);
}

/** Those that can be deleted, as far as they are wanted. */
function part({ nodes, waits }: StoredNodes, wanted: (nodeId: string, deletable: boolean) => boolean): StoredNodes {
  return {
    nodes: nodes.filter(({ nodeId, kind }) => wanted(nodeId, describeCleanup(kind) !== undefined)),
    waits,
  };
}

async function ids(): Promise<Set<string>> {
  return new Set((await stored()).nodes.map(({ nodeId }) => nodeId));
}

async function makeVpc(): Promise<void> {
  const ec2 = new EC2Client({ region });
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.1.0.0/16' }));
  const VpcId = Vpc?.VpcId;
  const subnet = async (CidrBlock: string) =>
    (await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock }))).Subnet?.SubnetId;
  const [open, closed] = [await subnet('10.1.1.0/24'), await subnet('10.1.2.0/24')];
  const gateway = (await ec2.send(new CreateInternetGatewayCommand({}))).InternetGateway?.InternetGatewayId;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: gateway }));
  const table = (await ec2.send(new CreateRouteTableCommand({ VpcId }))).RouteTable?.RouteTableId;
  await ec2.send(
    new CreateRouteCommand({ RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway }),
  );
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId: open }));
  const group = async (GroupName: string) =>
    (await ec2.send(new CreateSecurityGroupCommand({ VpcId, GroupName, Description: GroupName }))).GroupId;
  const [front, back] = [await group('front'), await group('back')];
  const allow = (GroupId: string | undefined, from: string | undefined) =>
    ec2.send(
      new AuthorizeSecurityGroupIngressCommand({
        GroupId,
        IpPermissions: [
          { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, UserIdGroupPairs: [{ GroupId: from }] },
          { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '10.0.0.0/8' }] },
        ],
      }),
    );
  await allow(front, back);
  await allow(back, front);
  await ec2.send(new CreateKeyPairCommand({ KeyName: 'key' }));
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId: 'ami-12c6146b',
      MinCount: 2,
      MaxCount: 2,
      SubnetId: closed,
      KeyName: 'key',
      SecurityGroupIds: [back ?? ''],
    }),
  );
  const [InstanceId] = Instances.map((one) => one.InstanceId);
  const zone = Instances[0]?.Placement?.AvailabilityZone;
  const volume = (await ec2.send(new CreateVolumeCommand({ AvailabilityZone: zone, Size: 1 }))).VolumeId;
  await ec2.send(new AttachVolumeCommand({ VolumeId: volume, InstanceId, Device: '/dev/sdf' }));
  await ec2.send(new CreateSnapshotCommand({ VolumeId: volume }));
  const nic = (await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: closed, Groups: [front ?? ''] })))
    .NetworkInterface?.NetworkInterfaceId;
  await ec2.send(new AttachNetworkInterfaceCommand({ NetworkInterfaceId: nic, InstanceId, DeviceIndex: 1 }));
  const address = async () => (await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }))).AllocationId;
  await ec2.send(new AssociateAddressCommand({ AllocationId: await address(), InstanceId }));
  await ec2.send(new CreateNatGatewayCommand({ SubnetId: open, AllocationId: await address() }));
  await ec2.send(new CreateNetworkAclCommand({ VpcId }));
  await ec2.send(
    new CreateVpcEndpointCommand({
      VpcId,
      VpcEndpointType: 'Gateway',
      ServiceName: `com.amazonaws.${region}.s3`,
      RouteTableIds: [table ?? ''],
    }),
  );
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({}));
  const PeerVpcId = Vpcs.find(({ IsDefault }) => IsDefault)?.VpcId;
  await ec2.send(new CreateVpcPeeringConnectionCommand({ VpcId, PeerVpcId }));
  await ec2.send(
    new CreateFlowLogsCommand({
      ResourceIds: [VpcId ?? ''],
      ResourceType: 'VPC',
      TrafficType: 'ALL',
      LogGroupName: 'flows',
      DeliverLogsPermissionArn: 'arn:aws:iam::123456789012:role/logs',
    }),
  );
  ec2.destroy();
}
