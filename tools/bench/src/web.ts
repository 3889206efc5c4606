import * as ec2 from '@aws-sdk/client-ec2';

/** All that is made has it, and nothing else in the account. */
export const webTag = 'bench';

const subnets = 4;
const groups = 10;
const instances = 24;
const volumes = 44;

/**
 * Fills a moto server with VPCs of 90 resources each: subnets with route tables, an internet gateway, a NAT gateway with its
 * address, instances with volumes, and security groups each of which lets in the next one, in a ring.
 */
export async function makeWebs(endpoint: string, count: number): Promise<void> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const client = new ec2.EC2Client({ endpoint, region: 'us-east-1', credentials });
  const image = new ec2.RegisterImageCommand({ Name: 'base', Architecture: 'x86_64', RootDeviceName: '/dev/sda1' });
  const { ImageId } = await client.send(image);
  for (let number = 0; number < count; number += 1) await makeWeb(client, number, ImageId);
  client.destroy();
}

async function makeWeb(client: ec2.EC2Client, number: number, ImageId: string | undefined): Promise<void> {
  const { Vpc } = await client.send(
    new ec2.CreateVpcCommand({ CidrBlock: `10.${number}.0.0/16`, TagSpecifications: tagged('vpc') }),
  );
  const VpcId = Vpc?.VpcId;
  const { InternetGateway } = await client.send(
    new ec2.CreateInternetGatewayCommand({ TagSpecifications: tagged('internet-gateway') }),
  );
  const GatewayId = InternetGateway?.InternetGatewayId;
  await client.send(new ec2.AttachInternetGatewayCommand({ VpcId, InternetGatewayId: GatewayId }));
  const groupIds = await makeGroups(client, VpcId);
  const subnetIds: (string | undefined)[] = [];
  for (let index = 0; index < subnets; index += 1) {
    const subnet = new ec2.CreateSubnetCommand({
      VpcId,
      CidrBlock: `10.${number}.${index}.0/24`,
      AvailabilityZone: 'us-east-1a',
      TagSpecifications: tagged('subnet'),
    });
    const { Subnet } = await client.send(subnet);
    const SubnetId = Subnet?.SubnetId;
    subnetIds.push(SubnetId);
    await makeRouteTable(client, { VpcId, SubnetId, GatewayId });
  }
  await makeNatGateway(client, subnetIds[0]);
  for (const [index, SubnetId] of subnetIds.entries()) {
    await makeServers(client, { ImageId, SubnetId, SecurityGroupIds: groupIds.slice(2 * index, 2 * index + 2) });
  }
}

async function makeGroups(client: ec2.EC2Client, VpcId: string | undefined): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < groups; index += 1) {
    const group = { VpcId, GroupName: `group-${index}`, Description: `group-${index}` };
    const command = new ec2.CreateSecurityGroupCommand({ ...group, TagSpecifications: tagged('security-group') });
    ids.push((await client.send(command)).GroupId ?? '');
  }
  for (const [index, GroupId] of ids.entries()) {
    const next = { GroupId: ids[(index + 1) % ids.length] };
    const rule = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, UserIdGroupPairs: [next] };
    await client.send(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
  }
  return ids;
}

async function makeRouteTable(
  client: ec2.EC2Client,
  { VpcId, SubnetId, GatewayId }: Record<'VpcId' | 'SubnetId' | 'GatewayId', string | undefined>,
): Promise<void> {
  const command = new ec2.CreateRouteTableCommand({ VpcId, TagSpecifications: tagged('route-table') });
  const RouteTableId = (await client.send(command)).RouteTable?.RouteTableId;
  await client.send(new ec2.CreateRouteCommand({ RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId }));
  await client.send(new ec2.AssociateRouteTableCommand({ RouteTableId, SubnetId }));
}

async function makeNatGateway(client: ec2.EC2Client, SubnetId: string | undefined): Promise<void> {
  const address = new ec2.AllocateAddressCommand({ Domain: 'vpc', TagSpecifications: tagged('elastic-ip') });
  const { AllocationId } = await client.send(address);
  await client.send(
    new ec2.CreateNatGatewayCommand({ SubnetId, AllocationId, TagSpecifications: tagged('natgateway') }),
  );
}

/** The share of one subnet. */
async function makeServers(
  client: ec2.EC2Client,
  where: Pick<ec2.RunInstancesCommandInput, 'ImageId' | 'SubnetId' | 'SecurityGroupIds'>,
): Promise<void> {
  const count = instances / subnets;
  const { Instances = [] } = await client.send(
    new ec2.RunInstancesCommand({ ...where, MinCount: count, MaxCount: count, TagSpecifications: tagged('instance') }),
  );
  for (let index = 0; index < volumes / subnets; index += 1) {
    const command = new ec2.CreateVolumeCommand({
      AvailabilityZone: 'us-east-1a',
      Size: 1,
      TagSpecifications: tagged('volume'),
    });
    const { VolumeId } = await client.send(command);
    const InstanceId = Instances[index]?.InstanceId;
    if (InstanceId !== undefined) {
      await client.send(new ec2.AttachVolumeCommand({ VolumeId, InstanceId, Device: '/dev/sdf' }));
    }
  }
}

function tagged(type: ec2.ResourceType): ec2.TagSpecification[] {
  return [{ ResourceType: type, Tags: [{ Key: webTag, Value: 'yes' }] }];
}
