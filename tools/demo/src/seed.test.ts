import { DescribeInstancesCommand, DescribeVolumesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { ListUsersCommand, IAMClient } from '@aws-sdk/client-iam';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from '@jest/globals';
import { moto } from '@resoto/tools-shared';
import { describeWith } from '@resoto/tools-shared/jest';
import { regions, seed } from './seed.ts';

const emulator = await moto();

describeWith('the account of the demo', [emulator], () => {
  test('has the same resources with the same ids each time', async () => {
    const server = await emulator.start();
    await seed(server.url);
    const first = await readAccount(server.url);
    await fetch(`${server.url}/moto-api/reset`, { method: 'POST' });
    await seed(server.url);
    const second = await readAccount(server.url);
    await server.stop();

    expect(first).toEqual(second);
    expect(first.users).toEqual(['ada', 'grace', 'linus']);
    expect(first.buckets).toHaveLength(4);
    expect(new Set(first.instances).size).toBe(10);
    expect(first.unused).toHaveLength(2);
  });
});

interface Account {
  readonly users: readonly (string | undefined)[];
  readonly buckets: readonly (string | undefined)[];
  readonly instances: readonly (string | undefined)[];
  readonly unused: readonly (string | undefined)[];
}

async function readAccount(endpoint: string): Promise<Account> {
  const account = { endpoint, region: regions[0], credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' } };
  const { Users = [] } = await new IAMClient(account).send(new ListUsersCommand());
  const { Buckets = [] } = await new S3Client(account).send(new ListBucketsCommand());
  const perRegion = await Promise.all(
    regions.map(async (region) => {
      const ec2 = new EC2Client({ ...account, region });
      const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand());
      const { Volumes = [] } = await ec2.send(new DescribeVolumesCommand());
      return {
        instances: Reservations.flatMap(({ Instances = [] }) => Instances.map((each) => each.InstanceId)),
        unused: Volumes.filter((each) => each.State === 'available').map((each) => each.VolumeId),
      };
    }),
  );
  return {
    users: Users.map((each) => each.UserName),
    buckets: Buckets.map((each) => each.Name),
    instances: perRegion.flatMap((each) => each.instances),
    unused: perRegion.flatMap((each) => each.unused),
  };
}
