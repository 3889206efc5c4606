import {
  AttachVolumeCommand,
  CreateKeyPairCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  RegisterImageCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { Network } from './network.ts';
import { present, tagged } from './tags.ts';

const webServers = 3;

/**
 * Web servers, a database with a data volume and a snapshot of it, and what is forgotten in every account: a stopped
 * instance and a volume that nothing uses. Returns the number of resources made, root volumes not counted.
 */
export async function makeServers(ec2: EC2Client, network: Network): Promise<number> {
  await ec2.send(new CreateKeyPairCommand({ KeyName: 'shop', TagSpecifications: tagged('key-pair', 'shop') }));
  const { ImageId } = await ec2.send(
    new RegisterImageCommand({ Name: 'shop-base', Architecture: 'x86_64', RootDeviceName: '/dev/sda1' }),
  );
  const image = present(ImageId);
  const { webGroup, databaseGroup, publicSubnet, privateSubnet } = network;
  for (let number = 1; number <= webServers; number++) {
    await run(ec2, { image, name: `web-${number}`, type: 't3.micro', subnet: publicSubnet, group: webGroup });
  }
  const database = await run(ec2, {
    image,
    name: 'database',
    type: 'm5.large',
    subnet: privateSubnet,
    group: databaseGroup,
  });
  const data = await makeVolume(ec2, network, 'database-data', 200);
  await ec2.send(new AttachVolumeCommand({ VolumeId: data, InstanceId: database, Device: '/dev/sdf' }));
  await ec2.send(
    new CreateSnapshotCommand({
      VolumeId: data,
      Description: 'before the upgrade',
      TagSpecifications: tagged('snapshot', 'before-upgrade'),
    }),
  );
  const forgotten = await run(ec2, {
    image,
    name: 'load-test',
    type: 'c5.4xlarge',
    subnet: privateSubnet,
    group: databaseGroup,
  });
  await ec2.send(new StopInstancesCommand({ InstanceIds: [forgotten] }));
  await makeVolume(ec2, network, 'load-test-results', 500);
  return webServers + 7;
}

interface Server {
  readonly image: string;
  readonly name: string;
  readonly type: 't3.micro' | 'm5.large' | 'c5.4xlarge';
  readonly subnet: string;
  readonly group: string;
}

async function run(ec2: EC2Client, { image, name, type, subnet, group }: Server): Promise<string> {
  const { Instances } = await ec2.send(
    new RunInstancesCommand({
      ImageId: image,
      InstanceType: type,
      MinCount: 1,
      MaxCount: 1,
      KeyName: 'shop',
      SubnetId: subnet,
      SecurityGroupIds: [group],
      TagSpecifications: tagged('instance', name, { owner: 'shop' }),
    }),
  );
  return present(Instances?.[0]?.InstanceId);
}

async function makeVolume(ec2: EC2Client, network: Network, name: string, gibibytes: number): Promise<string> {
  const { VolumeId } = await ec2.send(
    new CreateVolumeCommand({
      AvailabilityZone: `${network.region}b`,
      Size: gibibytes,
      VolumeType: 'gp3',
      TagSpecifications: tagged('volume', name),
    }),
  );
  return present(VolumeId);
}
