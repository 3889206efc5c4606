/** Elastic Load Balancing, classic load balancers. API version 2012-06-01. */
import type { ServiceParts } from '../../part.ts';
import { collectLoadBalancers } from './collect.ts';
import { loadBalancer } from './kinds.ts';

export const elbParts: ServiceParts = {
  kinds: [loadBalancer],
  parts: [{ kinds: [loadBalancer], where: ['regional'], collect: collectLoadBalancers }],
};
