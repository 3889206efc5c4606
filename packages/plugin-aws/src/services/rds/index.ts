/** Amazon Relational Database Service. API version 2014-10-31. */
import type { ServiceParts } from '../../part.ts';
import { collectClusters, collectClusterSnapshots, collectInstances, collectSnapshots } from './collect.ts';
import { cluster } from './kinds/clusters.ts';
import { instance } from './kinds/instances.ts';
import { clusterSnapshot, snapshot } from './kinds/snapshots.ts';

export const rdsParts: ServiceParts = {
  kinds: [cluster, instance, snapshot, clusterSnapshot],
  parts: [
    { kinds: [cluster], where: ['regional'], collect: collectClusters },
    { kinds: [instance], where: ['regional'], collect: collectInstances },
    { kinds: [snapshot], where: ['regional'], collect: collectSnapshots },
    { kinds: [clusterSnapshot], where: ['regional'], collect: collectClusterSnapshots },
  ],
};
