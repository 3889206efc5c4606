/** Amazon Elastic Kubernetes Service. API version 2017-11-01. */
import type { ServiceParts } from '../../part.ts';
import { collectClusters } from './collect.ts';
import { cluster, nodegroup } from './kinds.ts';

export const eksParts: ServiceParts = {
  kinds: [cluster, nodegroup],
  parts: [{ kinds: [cluster, nodegroup], where: ['regional'], collect: collectClusters }],
};
