import { eks } from './client.ts';

// What is listed may be deleted before it is described.
const expected = ['ResourceNotFoundException'];

export const calls = {
  listClusters: eks('ListClusters'),
  describeCluster: eks('DescribeCluster', { expected }),
  listNodegroups: eks('ListNodegroups', { expected }),
  describeNodegroup: eks('DescribeNodegroup', { expected }),
  listFargateProfiles: eks('ListFargateProfiles', { expected }),
  describeFargateProfile: eks('DescribeFargateProfile', { expected }),
};
