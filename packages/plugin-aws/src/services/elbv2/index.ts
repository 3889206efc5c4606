/** Elastic Load Balancing, application, network and gateway load balancers. API version 2015-12-01. */
import type { ServiceParts } from '../../part.ts';
import { collectLoadBalancers, collectTargetGroups } from './collect.ts';
import { loadBalancer, targetGroup } from './kinds.ts';

export const elbv2Parts: ServiceParts = {
  kinds: [loadBalancer, targetGroup],
  parts: [
    { kinds: [loadBalancer], where: ['regional'], collect: collectLoadBalancers },
    { kinds: [targetGroup], where: ['regional'], collect: (run) => run.once(collectTargetGroups) },
  ],
};
