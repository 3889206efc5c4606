import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { makeIdentities } from './identities.ts';
import { makeNetwork } from './network.ts';
import { makeServers } from './servers.ts';
import { makeBuckets } from './buckets.ts';

export const regions = ['us-east-1', 'eu-central-1'] as const;

/**
 * Fills an empty moto server with a small company: a shop in two regions, its people and its buckets. Each run makes
 * the same resources with the same ids.
 *
 * @returns the number of resources made
 */
export async function seed(endpoint: string): Promise<number> {
  await fetch(`${endpoint}/moto-api/seed?a=1`, { method: 'POST' });
  const account = { endpoint, credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' } };
  const iam = new IAMClient({ ...account, region: regions[0] });
  const s3 = new S3Client({ ...account, region: regions[0] });
  // One after the other: the emulator draws all ids from one seeded generator.
  let made = await makeIdentities(iam);
  made += await makeBuckets(s3, regions);
  for (const region of regions) {
    const ec2 = new EC2Client({ ...account, region });
    const network = await makeNetwork(ec2, region);
    made += network.made + (await makeServers(ec2, network));
    ec2.destroy();
  }
  iam.destroy();
  s3.destroy();
  return made;
}
