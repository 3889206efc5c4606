import { member } from '@resoto/worker-core/plugin';

import type { FollowUp } from '../../follow-ups.ts';
import { elb } from './client.ts';

export const describeLoadBalancers = elb('DescribeLoadBalancers');

/** What is asked for each load balancer. It may be deleted between the list and these calls. */
export const followUps: readonly FollowUp[] = [
  {
    call: elb('DescribeTags', { expected: ['LoadBalancerNotFound'] }),
    input: (listed) => ({ LoadBalancerNames: [member(listed, 'LoadBalancerName')] }),
    as: 'tagging',
    tells: ['tags'],
  },
  {
    call: elb('DescribeLoadBalancerAttributes', { expected: ['LoadBalancerNotFound'] }),
    input: (listed) => ({ LoadBalancerName: member(listed, 'LoadBalancerName') }),
    as: 'attributes',
    tells: ['elb_attributes'],
  },
];
