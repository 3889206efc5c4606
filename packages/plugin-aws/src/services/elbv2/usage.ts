import { member, path } from '@resoto/worker-core/plugin';

import type { Dimensions } from '../../metrics.ts';
import { rangeOf, sumOf } from '../../usage.ts';
import type { UsageMetrics } from '../../usage.ts';
import { textOf } from '../../values.ts';

const namespace = 'AWS/ApplicationELB';

const statusCodes = [
  sumOf('HTTPCode_Target_2XX_Count', 'Count', 'status_code_2xx_count'),
  sumOf('HTTPCode_Target_4XX_Count', 'Count', 'status_code_4xx_count'),
  sumOf('HTTPCode_Target_5XX_Count', 'Count', 'status_code_5xx_count'),
];

export const loadBalancerUsage: UsageMetrics = {
  namespace,
  dimensions: (answer) => loadBalancerDimension(member(answer, 'LoadBalancerArn')),
  metrics: [
    sumOf('RequestCount', 'Count', 'request_count'),
    sumOf('ActiveConnectionCount', 'Count', 'active_connection_count'),
    ...statusCodes,
    rangeOf('TargetResponseTime', 'Seconds', 'latency_seconds'),
    sumOf('ProcessedBytes', 'Bytes', 'processed_bytes'),
  ],
};

/** Of target groups with a load balancer; a group without one has no metrics. */
export const targetGroupUsage: UsageMetrics = {
  namespace,
  dimensions: (answer) => ({
    ...loadBalancerDimension(firstLoadBalancer(answer)),
    TargetGroup: textOf(member(answer, 'TargetGroupArn')).split(':').at(-1) ?? '',
  }),
  metrics: [
    sumOf('RequestCount', 'Count', 'request_count'),
    ...statusCodes,
    rangeOf('TargetResponseTime', 'Seconds', 'latency_seconds'),
    sumOf('HealthyHostCount', 'Count', 'healthy_host_count'),
    sumOf('UnHealthyHostCount', 'Count', 'unhealthy_host_count'),
    sumOf('HealthyStateRouting', 'Count', 'healthy_state_routing'),
    sumOf('UnhealthyStateRouting', 'Count', 'unhealthy_state_routing'),
    sumOf('HealthyStateDNS', 'Count', 'healthy_state_dns'),
    sumOf('UnhealthyStateDNS', 'Count', 'unhealthy_state_dns'),
  ],
};

export const firstLoadBalancer = path('LoadBalancerArns[0]');

/** CloudWatch calls a load balancer by the last parts of its ARN: `app/web/50dc6c495c0c9188`. */
function loadBalancerDimension(arn: unknown): Dimensions {
  return { LoadBalancer: textOf(arn).split('/').slice(-3).join('/') };
}
