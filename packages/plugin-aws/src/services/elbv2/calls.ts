import { member } from '@resoto/worker-core/plugin';

import type { FollowUp } from '../../follow-ups.ts';
import { elbv2 } from './client.ts';

// What was listed may be deleted before it is asked for.
const gone = { expected: ['LoadBalancerNotFound', 'TargetGroupNotFound'] };
const describeTags = elbv2('DescribeTags', gone);

export const describeLoadBalancers = elbv2('DescribeLoadBalancers');
export const describeTargetGroups = elbv2('DescribeTargetGroups');

export const loadBalancerFollowUps: readonly FollowUp[] = [
  {
    call: describeTags,
    input: (listed) => ({ ResourceArns: [member(listed, 'LoadBalancerArn')] }),
    as: 'tagging',
    tells: ['tags'],
  },
  {
    call: elbv2('DescribeListeners', gone),
    input: (listed) => ({ LoadBalancerArn: member(listed, 'LoadBalancerArn') }),
    items: 'Listeners',
    as: 'listeners',
    tells: ['alb_listener'],
  },
];

export const targetGroupFollowUps: readonly FollowUp[] = [
  {
    call: describeTags,
    input: (listed) => ({ ResourceArns: [member(listed, 'TargetGroupArn')] }),
    as: 'tagging',
    tells: ['tags'],
  },
  {
    call: elbv2('DescribeTargetHealth', gone),
    input: (listed) => ({ TargetGroupArn: member(listed, 'TargetGroupArn') }),
    as: 'health',
    tells: ['alb_target_health'],
  },
];
