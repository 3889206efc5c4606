import {
  AllocateAddressCommand,
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { present, tagged } from './tags.ts';

export interface Network {
  readonly vpc: string;
  readonly region: string;
  /** Reached from the internet. */
  readonly publicSubnet: string;
  /** Reaches the internet through a NAT gateway. */
  readonly privateSubnet: string;
  readonly webGroup: string;
  readonly databaseGroup: string;
  /** The number of resources made. */
  readonly made: number;
}

/** A VPC with a public and a private subnet, their gateways and routes, and the security groups of web and database. */
export async function makeNetwork(ec2: EC2Client, region: string): Promise<Network> {
  const vpc = await makeVpc(ec2);
  const publicSubnet = await makeSubnet(ec2, vpc, 'shop-public', '10.0.1.0/24', `${region}a`);
  const privateSubnet = await makeSubnet(ec2, vpc, 'shop-private', '10.0.2.0/24', `${region}b`);
  const gateway = await makeInternetGateway(ec2, vpc);
  await makeRoutes(ec2, vpc, 'shop-public', publicSubnet, { GatewayId: gateway });
  const nat = await makeNatGateway(ec2, publicSubnet);
  await makeRoutes(ec2, vpc, 'shop-private', privateSubnet, { NatGatewayId: nat });
  const webGroup = await makeGroup(ec2, vpc, 'shop-web', 443, { CidrIp: '0.0.0.0/0' });
  const databaseGroup = await makeGroup(ec2, vpc, 'shop-database', 5432, { GroupId: webGroup });
  return { vpc, region, publicSubnet, privateSubnet, webGroup, databaseGroup, made: 10 };
}

async function makeVpc(ec2: EC2Client): Promise<string> {
  const { Vpc } = await ec2.send(
    new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', TagSpecifications: tagged('vpc', 'shop', { owner: 'platform' }) }),
  );
  return present(Vpc?.VpcId);
}

async function makeSubnet(ec2: EC2Client, vpc: string, name: string, cidr: string, zone: string): Promise<string> {
  const { Subnet } = await ec2.send(
    new CreateSubnetCommand({
      VpcId: vpc,
      CidrBlock: cidr,
      AvailabilityZone: zone,
      TagSpecifications: tagged('subnet', name),
    }),
  );
  return present(Subnet?.SubnetId);
}

async function makeInternetGateway(ec2: EC2Client, vpc: string): Promise<string> {
  const { InternetGateway } = await ec2.send(
    new CreateInternetGatewayCommand({ TagSpecifications: tagged('internet-gateway', 'shop') }),
  );
  const id = present(InternetGateway?.InternetGatewayId);
  await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId: vpc }));
  return id;
}

async function makeNatGateway(ec2: EC2Client, subnet: string): Promise<string> {
  const { AllocationId } = await ec2.send(
    new AllocateAddressCommand({ Domain: 'vpc', TagSpecifications: tagged('elastic-ip', 'shop-nat') }),
  );
  const { NatGateway } = await ec2.send(
    new CreateNatGatewayCommand({
      SubnetId: subnet,
      AllocationId: present(AllocationId),
      TagSpecifications: tagged('natgateway', 'shop'),
    }),
  );
  return present(NatGateway?.NatGatewayId);
}

async function makeRoutes(
  ec2: EC2Client,
  vpc: string,
  name: string,
  subnet: string,
  target: { GatewayId: string } | { NatGatewayId: string },
): Promise<void> {
  const { RouteTable } = await ec2.send(
    new CreateRouteTableCommand({ VpcId: vpc, TagSpecifications: tagged('route-table', name) }),
  );
  const table = present(RouteTable?.RouteTableId);
  await ec2.send(new CreateRouteCommand({ RouteTableId: table, DestinationCidrBlock: '0.0.0.0/0', ...target }));
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId: table, SubnetId: subnet }));
}

async function makeGroup(
  ec2: EC2Client,
  vpc: string,
  name: string,
  port: number,
  source: { CidrIp: string } | { GroupId: string },
): Promise<string> {
  const { GroupId } = await ec2.send(
    new CreateSecurityGroupCommand({
      VpcId: vpc,
      GroupName: name,
      Description: `Port ${port} of ${name}`,
      TagSpecifications: tagged('security-group', name),
    }),
  );
  const from = 'CidrIp' in source ? { IpRanges: [source] } : { UserIdGroupPairs: [source] };
  await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: present(GroupId),
      IpPermissions: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...from }],
    }),
  );
  return present(GroupId);
}
