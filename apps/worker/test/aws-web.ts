import * as ec2 from '@aws-sdk/client-ec2';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import * as iam from '@aws-sdk/client-iam';
import * as s3 from '@aws-sdk/client-s3';

const region = 'us-east-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const cidr = '10.7.0.0/16';

/** Ids of what `AwsWeb.make` made, by name. */
export type WebIds = ReadonlyMap<string, string>;

/** A VPC with all that usually hangs together in and around it. Every name begins with `web-`. */
export class AwsWeb {
  readonly ids: WebIds;
  readonly #clients: Clients;

  private constructor(clients: Clients, ids: WebIds) {
    this.#clients = clients;
    this.ids = ids;
  }

  static async make(endpoint: string): Promise<AwsWeb> {
    const clients = clientsFor(endpoint);
    const ids = new Map<string, string>();
    await makeNetwork(clients, ids);
    await makeMachines(clients, ids);
    await makeLoadBalancer(clients, ids);
    await makeRole(clients, ids);
    await makeBucket(clients, ids);
    return new AwsWeb(clients, ids);
  }

  id(name: string): string {
    const id = this.ids.get(name);
    if (id === undefined) throw new Error(`Nothing was made with the name ${name}`);
    return id;
  }

  /** Names of what is there still, sorted. */
  async left(): Promise<readonly string[]> {
    const { ec2: client, elb: balancers, iam: identities, s3: storage } = this.#clients;
    const [vpcs, subnets, groups, reservations, volumes, gateways, addresses, nats, tables] = await Promise.all([
      client.send(new ec2.DescribeVpcsCommand({})),
      client.send(new ec2.DescribeSubnetsCommand({})),
      client.send(new ec2.DescribeSecurityGroupsCommand({})),
      client.send(new ec2.DescribeInstancesCommand({})),
      client.send(new ec2.DescribeVolumesCommand({})),
      client.send(new ec2.DescribeInternetGatewaysCommand({})),
      client.send(new ec2.DescribeAddressesCommand({})),
      client.send(new ec2.DescribeNatGatewaysCommand({})),
      client.send(new ec2.DescribeRouteTablesCommand({})),
    ]);
    const [albs, targets, roles, profiles, policies, buckets] = await Promise.all([
      balancers.send(new elb.DescribeLoadBalancersCommand({})),
      balancers.send(new elb.DescribeTargetGroupsCommand({})),
      identities.send(new iam.ListRolesCommand({})),
      identities.send(new iam.ListInstanceProfilesCommand({})),
      identities.send(new iam.ListPoliciesCommand({ Scope: 'Local' })),
      storage.send(new s3.ListBucketsCommand({})),
    ]);
    const instances = reservations.Reservations?.flatMap(({ Instances = [] }) => Instances) ?? [];
    const there = new Set([
      ...(vpcs.Vpcs ?? []).map(({ VpcId }) => VpcId),
      ...(subnets.Subnets ?? []).map(({ SubnetId }) => SubnetId),
      ...(groups.SecurityGroups ?? []).map(({ GroupId }) => GroupId),
      ...instances.filter(({ State }) => State?.Name !== 'terminated').map(({ InstanceId }) => InstanceId),
      ...(volumes.Volumes ?? []).map(({ VolumeId }) => VolumeId),
      ...(gateways.InternetGateways ?? []).map(({ InternetGatewayId }) => InternetGatewayId),
      ...(addresses.Addresses ?? []).map(({ AllocationId }) => AllocationId),
      ...(nats.NatGateways ?? []).filter(({ State }) => State !== 'deleted').map(({ NatGatewayId }) => NatGatewayId),
      ...(tables.RouteTables ?? []).map(({ RouteTableId }) => RouteTableId),
      ...(albs.LoadBalancers ?? []).map(({ LoadBalancerArn }) => LoadBalancerArn),
      ...(targets.TargetGroups ?? []).map(({ TargetGroupArn }) => TargetGroupArn),
      ...(roles.Roles ?? []).map(({ RoleId }) => RoleId),
      ...(profiles.InstanceProfiles ?? []).map(({ InstanceProfileId }) => InstanceProfileId),
      ...(policies.Policies ?? []).map(({ PolicyId }) => PolicyId),
      ...(buckets.Buckets ?? []).map(({ Name }) => Name),
    ]);
    return [...this.ids].flatMap(([name, id]) => (there.has(id) ? [name] : [])).toSorted();
  }

  close(): void {
    for (const client of Object.values(this.#clients)) client.destroy();
  }
}

type Clients = ReturnType<typeof clientsFor>;
type Ids = Map<string, string>;

function clientsFor(endpoint: string) {
  const options = { endpoint, region, credentials };
  return {
    ec2: new ec2.EC2Client(options),
    elb: new elb.ElasticLoadBalancingV2Client(options),
    iam: new iam.IAMClient(options),
    s3: new s3.S3Client({ ...options, forcePathStyle: true }),
  };
}

/** Notes what was made and returns its id. */
function note(ids: Ids, name: string, id: string | undefined): string {
  if (id === undefined) throw new Error(`The emulator gave ${name} no id`);
  ids.set(name, id);
  return id;
}

function named(ResourceType: ec2.ResourceType, Value: string) {
  return { TagSpecifications: [{ ResourceType, Tags: [{ Key: 'Name', Value }] }] };
}

/** Everything can be reached from the subnet a; the subnet b goes out through the NAT gateway. */
async function makeNetwork({ ec2: client }: Clients, ids: Ids): Promise<void> {
  const { Vpc } = await client.send(new ec2.CreateVpcCommand({ CidrBlock: cidr, ...named('vpc', 'web-vpc') }));
  const VpcId = note(ids, 'web-vpc', Vpc?.VpcId);

  for (const [index, letter] of ['a', 'b'].entries()) {
    const place = { VpcId, CidrBlock: `10.7.${index}.0/24`, AvailabilityZone: `${region}${letter}` };
    const name = `web-subnet-${letter}`;
    const { Subnet } = await client.send(new ec2.CreateSubnetCommand({ ...place, ...named('subnet', name) }));
    note(ids, name, Subnet?.SubnetId);
  }
  await makeGroups(client, ids, VpcId);

  const gateway = await client.send(
    new ec2.CreateInternetGatewayCommand(named('internet-gateway', 'web-internet-gateway')),
  );
  const InternetGatewayId = note(ids, 'web-internet-gateway', gateway.InternetGateway?.InternetGatewayId);
  await client.send(new ec2.AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));

  const address = await client.send(
    new ec2.AllocateAddressCommand({ Domain: 'vpc', ...named('elastic-ip', 'web-address') }),
  );
  const AllocationId = note(ids, 'web-address', address.AllocationId);
  const SubnetId = ids.get('web-subnet-a') ?? '';
  const nat = await client.send(
    new ec2.CreateNatGatewayCommand({ SubnetId, AllocationId, ...named('natgateway', 'web-nat') }),
  );
  const NatGatewayId = note(ids, 'web-nat', nat.NatGateway?.NatGatewayId);

  const DestinationCidrBlock = '0.0.0.0/0';
  const ways = { a: { GatewayId: InternetGatewayId }, b: { NatGatewayId } };
  for (const [letter, way] of Object.entries(ways)) {
    const name = `web-routes-${letter}`;
    const table = await client.send(new ec2.CreateRouteTableCommand({ VpcId, ...named('route-table', name) }));
    const RouteTableId = note(ids, name, table.RouteTable?.RouteTableId);
    await client.send(new ec2.CreateRouteCommand({ RouteTableId, DestinationCidrBlock, ...way }));
    const subnet = ids.get(`web-subnet-${letter}`) ?? '';
    await client.send(new ec2.AssociateRouteTableCommand({ RouteTableId, SubnetId: subnet }));
  }
}

/** Two that let each other in. */
async function makeGroups(client: ec2.EC2Client, ids: Ids, VpcId: string): Promise<void> {
  const groups: string[] = [];
  for (const name of ['web-front', 'web-back']) {
    const input = { VpcId, GroupName: name, Description: name, ...named('security-group', name) };
    const { GroupId } = await client.send(new ec2.CreateSecurityGroupCommand(input));
    groups.push(note(ids, name, GroupId));
  }
  const [front = '', back = ''] = groups;
  for (const [GroupId, other] of [
    [front, back],
    [back, front],
  ] as const) {
    const rule = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, UserIdGroupPairs: [{ GroupId: other }] };
    await client.send(new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
  }
}

async function makeMachines({ ec2: client }: Clients, ids: Ids): Promise<void> {
  for (const [letter, group] of Object.entries({ a: 'web-front', b: 'web-back' })) {
    const name = `web-instance-${letter}`;
    const { Images = [] } = await client.send(new ec2.DescribeImagesCommand({}));
    const { Instances = [] } = await client.send(
      new ec2.RunInstancesCommand({
        ImageId: Images[0]?.ImageId,
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
        SubnetId: ids.get(`web-subnet-${letter}`),
        SecurityGroupIds: [ids.get(group) ?? ''],
        ...named('instance', name),
      }),
    );
    note(ids, name, Instances[0]?.InstanceId);
  }
  const volume = { AvailabilityZone: `${region}a`, Size: 8, ...named('volume', 'web-volume') };
  const VolumeId = note(ids, 'web-volume', (await client.send(new ec2.CreateVolumeCommand(volume))).VolumeId);
  const InstanceId = ids.get('web-instance-a');
  await client.send(new ec2.AttachVolumeCommand({ VolumeId, InstanceId, Device: '/dev/sdf' }));
}

async function makeLoadBalancer({ elb: client }: Clients, ids: Ids): Promise<void> {
  const { LoadBalancers = [] } = await client.send(
    new elb.CreateLoadBalancerCommand({
      Name: 'web-balancer',
      Subnets: ['a', 'b'].map((letter) => ids.get(`web-subnet-${letter}`) ?? ''),
      SecurityGroups: [ids.get('web-front') ?? ''],
    }),
  );
  const LoadBalancerArn = note(ids, 'web-balancer', LoadBalancers[0]?.LoadBalancerArn);
  const { TargetGroups = [] } = await client.send(
    new elb.CreateTargetGroupCommand({ Name: 'web-targets', Protocol: 'HTTP', Port: 80, VpcId: ids.get('web-vpc') }),
  );
  const TargetGroupArn = note(ids, 'web-targets', TargetGroups[0]?.TargetGroupArn);
  const Targets = [{ Id: ids.get('web-instance-a') }];
  await client.send(new elb.RegisterTargetsCommand({ TargetGroupArn, Targets }));
  const DefaultActions: elb.Action[] = [{ Type: 'forward', TargetGroupArn }];
  await client.send(new elb.CreateListenerCommand({ LoadBalancerArn, Protocol: 'HTTP', Port: 80, DefaultActions }));
}

/** With a policy of its own and an attached one, in an instance profile. */
async function makeRole({ iam: client }: Clients, ids: Ids): Promise<void> {
  const PolicyDocument = policy({ Action: 's3:*', Resource: '*' });
  const AssumeRolePolicyDocument = policy({ Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } });
  const { Policy } = await client.send(new iam.CreatePolicyCommand({ PolicyName: 'web-policy', PolicyDocument }));
  note(ids, 'web-policy', Policy?.PolicyId);
  const RoleName = 'web-role';
  const { Role } = await client.send(new iam.CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
  note(ids, RoleName, Role?.RoleId);
  await client.send(new iam.AttachRolePolicyCommand({ RoleName, PolicyArn: Policy?.Arn }));
  await client.send(new iam.PutRolePolicyCommand({ RoleName, PolicyName: 'inline', PolicyDocument }));
  const InstanceProfileName = 'web-profile';
  const { InstanceProfile } = await client.send(new iam.CreateInstanceProfileCommand({ InstanceProfileName }));
  note(ids, InstanceProfileName, InstanceProfile?.InstanceProfileId);
  await client.send(new iam.AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }));
}

function policy(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
}

async function makeBucket({ s3: client }: Clients, ids: Ids): Promise<void> {
  const Bucket = note(ids, 'web-bucket', 'web-bucket');
  await client.send(new s3.CreateBucketCommand({ Bucket }));
  for (const Key of ['a', 'b', 'c']) await client.send(new s3.PutObjectCommand({ Bucket, Key, Body: 'text' }));
}
