import { member } from '@resoto/worker-core/plugin';

import { rangeOf, sumOf } from '../../usage.ts';
import type { UsageMetrics } from '../../usage.ts';
import { textOf } from '../../values.ts';

export const loadBalancerUsage: UsageMetrics = {
  namespace: 'AWS/ELB',
  dimensions: (answer) => ({ LoadBalancerName: textOf(member(answer, 'LoadBalancerName')) }),
  metrics: [
    sumOf('RequestCount', 'Count', 'request_count'),
    sumOf('EstimatedALBActiveConnectionCount', 'Count', 'active_connection_count'),
    sumOf('HTTPCode_Backend_2XX', 'Count', 'status_code_2xx_count'),
    sumOf('HTTPCode_Backend_4XX', 'Count', 'status_code_4xx_count'),
    sumOf('HTTPCode_Backend_5XX', 'Count', 'status_code_5xx_count'),
    sumOf('HealthyHostCount', 'Count', 'healthy_host_count'),
    sumOf('UnHealthyHostCount', 'Count', 'unhealthy_host_count'),
    rangeOf('Latency', 'Seconds', 'latency_seconds'),
    sumOf('EstimatedProcessedBytes', 'Bytes', 'processed_bytes'),
  ],
};
