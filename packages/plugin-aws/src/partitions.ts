/** The region of each partition that has its global services, and whose endpoints tell whether credentials belong to it. */
export const globalRegions: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-cn': 'cn-north-1',
};

export function globalRegion(partition: string): string {
  return globalRegions[partition] ?? 'us-east-1';
}

/** Partition of a region, by its name. */
export function partitionOf(region: string): string {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return region.startsWith('cn-') ? 'aws-cn' : 'aws';
}
