import { base, boolean, datetime, int64, list, oneOf, path, ref, string } from '@resoto/worker-core/plugin';

import { kmsKeyId } from '../../../arn.ts';
import { awsKind, awsResource, awsValue, nameTag, tagList } from '../../../aws-kind.ts';
import { getMetricData } from '../../../metrics.ts';
import { getProducts } from '../../pricing/volume-price.ts';
import { cleanup } from '../cleanup.ts';
import { ec2 } from '../client.ts';
import { tags } from '../tags.ts';

export const volumeType = awsKind('aws_ec2_volume_type', [awsResource, base.volumeType], {
  name: 'AWS EC2 Volume Type',
  class: 'base.AwsEc2VolumeType',
  calls: [getProducts],
  arn: 'arn:{partition}:ec2:{region}:{account}:volume/{id}',
  properties: { id: string('VolumeType'), volume_type: string('VolumeType') },
  successors: { default: ['aws_ec2_volume'] },
});

const volumeAttachment = awsValue('aws_ec2_volume_attachment', {
  attach_time: datetime('AttachTime'),
  device: string('Device'),
  instance_id: string('InstanceId'),
  state: string('State'),
  volume_id: string('VolumeId'),
  delete_on_termination: boolean('DeleteOnTermination'),
});

export const volume = awsKind('aws_ec2_volume', [awsResource, base.volume], {
  name: 'AWS EC2 Volume',
  class: 'ec2.AwsEc2Volume',
  list: { call: ec2('DescribeVolumes'), items: 'Volumes', pageSize: 1000 },
  calls: [getMetricData],
  arn: 'arn:{partition}:ec2:{region}:{account}:volume/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/ec2/home?region={region}#VolumeDetails:volumeId={id}',
  tags: tags,
  cleanup: cleanup.volume,
  properties: {
    id: string('VolumeId'),
    name: nameTag(),
    tags: tagList(),
    ctime: datetime('CreateTime'),
    volume_size: int64('Size'),
    volume_type: string('VolumeType'),
    volume_status: oneOf(
      base.volumeStatus,
      'State',
      {
        available: 'available',
        creating: 'busy',
        deleted: 'deleted',
        deleting: 'deleted',
        error: 'error',
        'in-use': 'in-use',
      },
      'unknown',
    ),
    volume_iops: int64('Iops'),
    volume_throughput: int64('Throughput'),
    volume_encrypted: boolean('Encrypted'),
    volume_attachments: list(volumeAttachment, 'Attachments'),
    availability_zone: string('AvailabilityZone'),
    volume_kms_key_id: string('KmsKeyId'),
    volume_outpost_arn: string('OutpostArn'),
    volume_snapshot_id: string('SnapshotId'),
    volume_fast_restored: boolean('FastRestored'),
    volume_multi_attach_enabled: boolean('MultiAttachEnabled'),
  },
  references: [
    ref('aws_ec2_instance', { by: 'id', from: 'Attachments[].InstanceId', default: 'in', delete: 'out' }),
    ref('aws_kms_key', { by: 'id', from: path('KmsKeyId', kmsKeyId), default: 'out', delete: 'in' }),
  ],
});

export const snapshot = awsKind('aws_ec2_snapshot', [awsResource, base.snapshot], {
  name: 'AWS EC2 Snapshot',
  class: 'ec2.AwsEc2Snapshot',
  list: { call: ec2('DescribeSnapshots'), items: 'Snapshots', input: { OwnerIds: ['self'] }, pageSize: 1000 },
  arn: 'arn:{partition}:ec2:{region}:{account}:snapshot/{id}',
  link: 'https://{region_id}.console.aws.amazon.com/ec2/home?region={region}#SnapshotDetails:snapshotId={id}',
  tags: tags,
  cleanup: cleanup.snapshot,
  properties: {
    id: string('SnapshotId'),
    name: nameTag(),
    tags: tagList(),
    ctime: datetime('StartTime'),
    description: string('Description'),
    encrypted: boolean('Encrypted'),
    owner_alias: string('OwnerAlias'),
    owner_id: string('OwnerId'),
    volume_id: string('VolumeId'),
    volume_size: int64('VolumeSize'),
    snapshot_status: string('State'),
    snapshot_data_encryption_key_id: string('DataEncryptionKeyId'),
    snapshot_kms_key_id: string('KmsKeyId'),
    snapshot_progress: string('Progress'),
    snapshot_state_message: string('StateMessage'),
    snapshot_outpost_arn: string('OutpostArn'),
    snapshot_storage_tier: string('StorageTier'),
    snapshot_restore_expiry_time: datetime('RestoreExpiryTime'),
  },
  references: [
    ref('aws_ec2_volume', { by: 'id', from: 'VolumeId', default: 'in' }),
    ref('aws_kms_key', { by: 'id', from: path('KmsKeyId', kmsKeyId), default: 'out', delete: 'in' }),
  ],
});
