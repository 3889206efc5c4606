import { path } from '@resoto/worker-core/plugin';

import type { AwsConfig } from './config.ts';
import { globalRegion } from './partitions.ts';
import { describeRegions } from './services/ec2/calls.ts';
import type { Session } from './session.ts';
import { listOf, textOf } from './values.ts';

const regionNames = path('Regions[].RegionName');

/** The regions to collect: those of the configuration, else those enabled in the account. */
export async function regionsOf(session: Session, partition: string, config: AwsConfig): Promise<readonly string[]> {
  if (config.regions.length > 0) return config.regions;
  return listOf(regionNames(await session.in(globalRegion(partition)).read(describeRegions))).map(textOf);
}
