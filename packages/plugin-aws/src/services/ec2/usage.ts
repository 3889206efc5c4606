import type { Statistic } from '../../metrics.ts';
import type { UsageMetric, UsageMetrics } from '../../usage.ts';

const range: readonly Statistic[] = ['Minimum', 'Average', 'Maximum'];

export const instanceUsage: UsageMetrics = {
  namespace: 'AWS/EC2',
  dimension: 'InstanceId',
  metrics: [
    { metric: 'CPUUtilization', unit: 'Percent', as: 'cpu_utilization', statistics: range, digits: 3 },
    sum('NetworkIn', 'Bytes', 'network_in'),
    sum('NetworkOut', 'Bytes', 'network_out'),
    sum('DiskReadOps', 'Count', 'disk_read_ops'),
    sum('DiskWriteOps', 'Count', 'disk_write_ops'),
    sum('DiskReadBytes', 'Bytes', 'disk_read_bytes'),
    sum('DiskWriteBytes', 'Bytes', 'disk_write_bytes'),
  ],
};

export const volumeUsage: UsageMetrics = {
  namespace: 'AWS/EBS',
  dimension: 'VolumeId',
  metrics: [
    sum('VolumeWriteBytes', 'Bytes', 'volume_write_bytes'),
    sum('VolumeReadBytes', 'Bytes', 'volume_read_bytes'),
    sum('VolumeWriteOps', 'Count', 'volume_write_ops'),
    sum('VolumeReadOps', 'Count', 'volume_read_ops'),
    sum('VolumeTotalWriteTime', 'Seconds', 'volume_total_write_time'),
    sum('VolumeIdleTime', 'Seconds', 'volume_idle_time'),
    { metric: 'VolumeQueueLength', unit: 'Count', as: 'volume_queue_length', statistics: range, digits: 3 },
  ],
};

function sum(metric: string, unit: string, as: string): UsageMetric {
  return { metric, unit, as, statistics: ['Sum'] };
}
