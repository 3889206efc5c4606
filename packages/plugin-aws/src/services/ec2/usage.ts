import { member } from '@resoto/worker-core/plugin';

import { rangeOf, sumOf } from '../../usage.ts';
import type { UsageMetrics } from '../../usage.ts';
import { textOf } from '../../values.ts';

export const instanceUsage: UsageMetrics = {
  namespace: 'AWS/EC2',
  dimensions: (answer) => ({ InstanceId: textOf(member(answer, 'InstanceId')) }),
  metrics: [
    rangeOf('CPUUtilization', 'Percent', 'cpu_utilization'),
    sumOf('NetworkIn', 'Bytes', 'network_in'),
    sumOf('NetworkOut', 'Bytes', 'network_out'),
    sumOf('DiskReadOps', 'Count', 'disk_read_ops'),
    sumOf('DiskWriteOps', 'Count', 'disk_write_ops'),
    sumOf('DiskReadBytes', 'Bytes', 'disk_read_bytes'),
    sumOf('DiskWriteBytes', 'Bytes', 'disk_write_bytes'),
  ],
};

export const volumeUsage: UsageMetrics = {
  namespace: 'AWS/EBS',
  dimensions: (answer) => ({ VolumeId: textOf(member(answer, 'VolumeId')) }),
  metrics: [
    sumOf('VolumeWriteBytes', 'Bytes', 'volume_write_bytes'),
    sumOf('VolumeReadBytes', 'Bytes', 'volume_read_bytes'),
    sumOf('VolumeWriteOps', 'Count', 'volume_write_ops'),
    sumOf('VolumeReadOps', 'Count', 'volume_read_ops'),
    sumOf('VolumeTotalWriteTime', 'Seconds', 'volume_total_write_time'),
    sumOf('VolumeIdleTime', 'Seconds', 'volume_idle_time'),
    rangeOf('VolumeQueueLength', 'Count', 'volume_queue_length'),
  ],
};
