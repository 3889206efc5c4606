import { ec2 } from './client.ts';

export const describeInstanceAttribute = ec2('DescribeInstanceAttribute', { expected: ['InvalidInstanceID.NotFound'] });
export const describeRegions = ec2('DescribeRegions');
